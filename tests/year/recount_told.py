# SPDX-License-Identifier: Apache-2.0
"""Whom a step of a ladder or a dispatch has to tell, from org.yaml and the issue as its record leaves
it."""
import pathlib

from office_time import read_yaml

OF_SECTION = {"sign", "first_contact", "handle", "suspend"}
SUBMITTED = {"submitted", "approved", "returned"}
URGENT = {"emergency", "utility"}
BY_ROLE = ("office_head", "supervisor", "first_responsible")


class Told:
    """The office's people; `areas` is the village of each issue."""

    def __init__(self, config):
        office = read_yaml(pathlib.Path(config) / "org.yaml")
        self.people = office["people"]
        self.heads = {section["id"]: section["head"] for section in office["departments"]}
        self.leaders = {section["id"]: section["leader"] for section in office["departments"]}
        self.parents = {village["id"]: community["id"] for community in office["communities"]
                        for village in community["villages"]}
        self.areas = {}

    def with_role(self, role):
        return {person["id"] for person in self.people if role in person["roles"]}

    def staff(self, section):
        return {person["id"] for person in self.people if "section_staff" in person["roles"]
                and section in person.get("departments", ())}

    def secretaries(self, area):
        places = {area, self.parents.get(area)}
        return {person["id"] for person in self.people
                if "community_secretary" in person["roles"] and person.get("area") in places}

    def sections(self, stage, after):
        """Those whose work the stage is: that have not signed, have not submitted, or that lead."""
        if stage == "sign":
            return [leg["department"] for leg in after["legs"] if leg["state"] == "dispatched"]
        if stage == "handle":
            return [leg["department"] for leg in after["legs"] if leg["state"] not in SUBMITTED]
        return [after["lead"]]

    def of_dispatch(self, section, urgency):
        """Those of a section who hear that it is dispatched to them."""
        people = {self.heads[section], self.leaders[section]}
        return people | self.staff(section) if urgency in URGENT else people

    def handlers(self, stage, after):
        """Whoever must act in the stage."""
        if stage in OF_SECTION:
            return set().union(*map(self.staff, self.sections(stage, after)))
        if stage == "review":
            missing = set() if after["reviews"] & 1 else {after["leader"]}
            if after["proposed"] == "explained" and not after["reviews"] & 2:
                missing |= self.with_role("office_head")
            return missing
        if stage == "callback":
            return self.with_role("office_head" if after["is_unsatisfied"] else "supervisor")
        return {"triage": self.with_role("triage_clerk"), "ruling": self.with_role("office_head"),
                "info": {after["owner"]}, "feedback": {after["owner"]}}.get(stage, set())

    def people_of(self, issue, stage, after, words):
        """The persons that the words of `tell` mean."""
        found = set()
        for word in words:
            if word == "handler":
                found |= self.handlers(stage, after)
            elif word in BY_ROLE:
                found |= self.with_role(word)
            elif word == "section_head":
                found |= {self.heads.get(section) for section in self.sections(stage, after)}
            elif word == "leader":
                found.add(after["leader"])
            elif word == "cadre":
                found.add(after["owner"])
            elif word == "community_secretary":
                found |= self.secretaries(self.areas.get(issue))
        return found - {None, ""}
