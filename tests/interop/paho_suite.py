"""Runs one suite of eclipse/paho.mqtt.testing and prints a line for every test: paho_suite.py SUITE.py PORT [TEST…]."""
import os
import runpy
import signal
import sys
import unittest

LIMIT = 60  # seconds for one test; some of them wait for ever for what does not come
suite, port, tests = sys.argv[1], sys.argv[2], sys.argv[3:]


class Result(unittest.TextTestResult):
    """Says what came of each test on a line of its own; the suites print between name and outcome."""

    def startTest(self, test):
        super().startTest(test)
        signal.alarm(LIMIT)

    def stopTest(self, test):
        signal.alarm(0)
        super().stopTest(test)
        broken = {id(case) for case, _ in self.failures + self.errors}
        print(f"\n{'FAIL' if id(test) in broken else 'ok  '} {os.path.basename(suite)} {test.id().split('.')[-1]}", flush=True)


def run():
    known = vars(sys.modules["__main__"].Test)
    chosen = [f"Test.{name}" for name in tests if name in known]
    if tests and not chosen:
        return
    program = main(argv=[suite, *chosen], exit=False, testRunner=unittest.TextTestRunner(resultclass=Result))
    sys.exit(not program.result.wasSuccessful())


def too_long(_signal, _frame):
    raise TimeoutError(f"not over after {LIMIT} s")


signal.signal(signal.SIGALRM, too_long)
main, unittest.main = unittest.main, run
sys.argv = [suite, "-p", port]
sys.path.insert(0, os.path.dirname(os.path.abspath(suite)))
runpy.run_path(suite, run_name="__main__")
