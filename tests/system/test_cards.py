#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Contact cards on the built programs: the page that is printed, deliveries, and what is out of
date after the register or the configuration changed."""
import html.parser

import lianhu
from journey import CADRE, HOUSEHOLD, OFFICE_HEAD

STARTED = "2026-03-02T09:00:00+08:00"  # a Monday
VOID = {"meta", "link", "br", "img", "use", "path"}
FORBIDDEN = {"script", "link", "img", "iframe", "object", "embed", "form"}


class Page(html.parser.HTMLParser):
    """A page taken apart; every element is closed where it has to be."""

    def __init__(self, text):
        super().__init__()
        self.open = []
        self.counts = {}
        self.sheets = []  # cards of each
        self.ids = set()
        self.references = set()
        self.text = []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        assert tag not in FORBIDDEN, tag
        assert not any(name.startswith("on") or name == "src" for name in attrs), attrs
        self.counts[tag] = self.counts.get(tag, 0) + 1
        if attrs.get("class") == "sheet":
            self.sheets.append(0)
        if tag == "article":
            self.sheets[-1] += 1
        if "id" in attrs:
            assert attrs["id"] not in self.ids
            self.ids.add(attrs["id"])
        if "href" in attrs:
            assert attrs["href"].startswith("#"), attrs
            self.references.add(attrs["href"][1:])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, (tag, self.open)

    def handle_data(self, data):
        self.text.append(data)


class Cards(lianhu.SystemTest):
    def setUp(self):
        self.instance = lianhu.Instance(households=60, test_clock=STARTED)
        self.addCleanup(self.instance.close)
        self.instance.up()

    def cards(self, *options, person=None):
        return {card["household"]: card["state"]
                for card in self.instance.ok("card", "list", *options, person=person)}

    def told(self, person):
        return [item for item in self.instance.ok("inbox", "list", person=person)
                if item["category"] == "cards_stale"]

    def import_cadre(self, phone):
        path = self.instance.folder / "cadres.csv"
        path.write_text(f"cadre,name,unit,post,phone\n{CADRE},熊良,文教科,专员,{phone}\n",
                        encoding="utf-8")
        self.instance.ok("cadre", "import", path)

    def change_org(self, before, after):
        path = self.instance.home / "config" / "org.yaml"
        text = path.read_text(encoding="utf-8")
        self.assertIn(before, text)
        path.write_text(text.replace(before, after), encoding="utf-8")
        self.instance.ok("reload")

    def test_the_page_is_whole_and_has_eight_cards_on_a_sheet(self):
        done = lianhu.run("card", "print", "--home", self.instance.home)
        self.assertEqual(done.code, 0, str(done))
        self.assertIn("60 cards on 8 sheets", done.err)
        page = Page(done.out)
        self.assertEqual(page.sheets, [8] * 7 + [4])
        self.assertEqual(page.references, {"qr", "marks"})
        self.assertEqual(page.ids, {"qr", "marks"})
        text = "".join(page.text)
        for word in ("熊良", "文教科", "专员", "19900001001", "19900000000", "映月社区", "纪工委",
                     HOUSEHOLD):
            self.assertIn(word, text)
        self.assertNotIn("http", done.out)
        self.assertIn("@page{size:A4", done.out)
        one = lianhu.run("card", "print", "--household", HOUSEHOLD, "--home", self.instance.home)
        self.assertEqual(one.err, "1 card on 1 sheet\n")
        one = self.instance.ok("card", "print", "--household", HOUSEHOLD, person=CADRE)
        self.assertEqual((one["cards"], one["sheets"]), (1, 1))
        self.refused(self.instance.cli("card", "print", "--cadre", CADRE, person="cadre002"),
                     "forbidden")
        self.refused(self.instance.cli("card", "print", "--village", "c08v05"), "not_found")
        self.refused(self.instance.cli("card", "print", "--village", "nowhere"), "invalid")

    def test_cards_are_recorded_and_go_out_of_date(self):
        self.assertEqual(set(self.cards().values()), {"none"})
        self.instance.ok("card", "print", "--cadre", CADRE, "--record", person=CADRE)
        self.assertEqual(self.cards("--cadre", CADRE)[HOUSEHOLD], "printed")
        self.instance.ok("card", "deliver", "--household", HOUSEHOLD, "--words", "户主签收",
                         "--at", "2026-03-01T18:00:00+08:00", person=CADRE)
        self.refused(self.instance.cli("card", "deliver", "--household", HOUSEHOLD,
                                       person=OFFICE_HEAD), "forbidden")
        card = self.instance.ok("card", "list", "--household", HOUSEHOLD)[0]
        self.assertEqual((card["state"], card["delivered_at"], card["recorded_at"], card["words"]),
                         ("delivered", "2026-03-01T18:00:00+08:00", STARTED, "户主签收"))
        self.assertNotIn(HOUSEHOLD, self.cards("--undelivered"))
        self.import_cadre("19900009999")
        self.assertEqual(self.cards("--household", HOUSEHOLD)[HOUSEHOLD], "stale")
        self.instance.ok("clock", "set", "2026-03-03T12:00:00+08:00", timeout=300)
        self.assertEqual([item["at"] for item in self.told(CADRE)], ["2026-03-03T08:30:00+08:00"])
        self.assertEqual(self.told("cadre002"), [])
        self.instance.ok("card", "print", "--stale", "--record", person=CADRE)
        self.assertEqual(self.cards("--stale"), {})
        self.instance.ok("card", "deliver", "--household", HOUSEHOLD, person=CADRE)
        self.change_org('supervision_phone: "19900000000"', 'supervision_phone: "19900008888"')
        self.assertEqual(self.cards("--household", HOUSEHOLD)[HOUSEHOLD], "stale")
        self.change_org('supervision_phone: "19900008888"', 'supervision_phone: "19900000000"')
        self.assertEqual(self.cards("--household", HOUSEHOLD)[HOUSEHOLD], "delivered")
        self.instance.ok("clock", "set", "2026-03-05T12:00:00+08:00", timeout=300)
        self.assertEqual(len(self.told(CADRE)), 1)
        self.instance.down()
        tables = self.instance.ok("rebuild", "intake", "--check")["tables"]
        self.assertTrue(all(table["before"] == table["after"] for table in tables))


if __name__ == "__main__":
    lianhu.main()
