"""`python -m u3edu.doctor`: the same lines where the command cannot start for want of a package."""

import sys

from u3edu.doctor.examine import examine
from u3edu.doctor.finding import Level
from u3edu.doctor.report import line, summary

found = []
for finding in examine():
    found.append(finding)
    print(line(finding), flush=True)
print(summary(found))
sys.exit(any(finding.level is Level.WRONG for finding in found))
