#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 on random daemons, and now and then on all, while clients report, sign, answer, review,
tell and call back with request ids: nothing that was acknowledged is lost, nothing takes effect
twice, there are no dead letters, and the work goes on to its end.

    tests/system/test_kill.py --seconds 300 [--seed N] [--clients N] [--binaries DIR]
"""
import lianhu
import rig


class Kill(lianhu.SystemTest):
    def test_nothing_is_lost_and_nothing_happens_twice(self):
        report = rig.play(lianhu.options.seconds, lianhu.options.clients, lianhu.options.seed)
        self.assertFalse(any(report.faults.values()), rig.explain(report))
        self.assertGreater(report.counts["kills"], lianhu.options.seconds)
        self.assertGreater(len(report.closed), lianhu.options.seconds)
        self.assertEqual(set(report.submitted), report.closed, "the work goes on to the end")


def add_options(parser):
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seed", type=int)


if __name__ == "__main__":
    lianhu.main(add_options)
