# SPDX-License-Identifier: Apache-2.0
"""The steps of an issue's life, as interfaces name the calls: each is one call of the CLI."""

CADRE, HOUSEHOLD = "cadre001", "h00001"
STAFF, HEAD, LEADER = "staff_urban_1", "head_urban", "leader1"
CLERK, OFFICE_HEAD, SUPERVISOR = "triage1", "office_head", "supervisor1"


class Journey:
    """One issue of an instance, lead section urban; every step returns the CLI's JSON."""

    def __init__(self, instance):
        self.instance = instance
        self.issue = None

    def step(self, *args, person=None):
        return self.instance.ok(*args, person=person)

    def submit(self, category="roads", title="村口主路坑洼不平", text="村口主路坑洼不平，雨天要绕行", **more):
        options = [word for key, value in more.items() for word in (f"--{key}", value)]
        result = self.step("issue", "submit", "--household", HOUSEHOLD, "--kind", "demand",
                           "--category", category, "--title", title, "--text", text, *options,
                           person=CADRE)
        self.issue = result["issue"]
        return result

    def dispatch(self, lead="urban", *more):
        return self.step("issue", "dispatch", self.issue, "--lead", lead, *more, person=CLERK)

    def sign(self, person=STAFF):
        return self.step("queue", "sign", self.issue, person=person)

    def contact(self, person=STAFF):
        return self.step("queue", "first-contact", self.issue, "--words", "已电话联系", person=person)

    def ask_info(self, person=CLERK):
        return self.step("issue", "ask-info", self.issue, "--words", "请补充地点", person=person)

    def give_info(self, person=CADRE):
        return self.step("issue", "give-info", self.issue, "--words", "在村口", person=person)

    def ask_to_wait(self, until, ground="household"):
        return self.step("queue", "suspend", self.issue, "--ground", ground, "--until", until,
                         "--words", "等户主回来", person=STAFF)

    def let_wait(self, person=CLERK):
        return self.step("issue", "suspend", self.issue, "--ok", person=person)

    def resume(self):
        return self.step("queue", "resume", self.issue, "--words", "户主已回来", person=STAFF)

    def correct(self, *more, person=OFFICE_HEAD):
        return self.step("issue", "correct", self.issue, *more, "--reason", "分类有误",
                         person=person)

    def progress(self):
        return self.step("queue", "progress", self.issue, "--words", "已到现场围挡", person=STAFF)

    def answer(self, outcome="solved"):
        return self.step("queue", "submit", self.issue, "--outcome", outcome, "--words",
                         "路面已修复", "--evidence", "照片两张", person=STAFF)

    def propose(self):
        return self.step("queue", "propose-unresolvable", self.issue, "--ground", "不属补助范围",
                         "--tried", "已向上级核对", "--words", "按政策不能补助", person=STAFF)

    def review(self, person=LEADER):
        return self.step("issue", "review", self.issue, "--ok", person=person)

    def send_back(self, person=LEADER):
        return self.step("issue", "review", self.issue, "--redo", "--reason", "照片不清楚",
                         person=person)

    def tell(self, reaction="satisfied", person=CADRE):
        return self.step("feedback", "give", self.issue, "--mode", "visit", "--words", "已当面告知",
                         "--reaction", reaction, person=person)

    def call_back(self, solved="yes", result=5, *more, person=SUPERVISOR):
        return self.step("callback", "record", self.issue, "--reached", "yes", "--solved", solved,
                         "--result", result, "--section", 4, "--cadre", 5, *more, person=person)

    def not_reached(self, person=SUPERVISOR):
        return self.step("callback", "record", self.issue, "--reached", "no", person=person)

    def show(self):
        return self.step("issue", "show", self.issue)

    # ---- several at once ----

    def to_in_progress(self):
        self.submit()
        return self.sign()

    def to_review(self, outcome="solved"):
        self.to_in_progress()
        return self.answer(outcome)

    def to_feedback(self, outcome="solved"):
        self.to_review(outcome)
        return self.review()

    def to_callback(self, outcome="solved"):
        self.to_feedback(outcome)
        return self.tell()

    def to_end(self):
        self.to_callback()
        return self.call_back()
