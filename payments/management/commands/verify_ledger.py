from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from payments import verification
from payments.verification import Finding


class Command(BaseCommand):
    help = "Verifies the whole ledger and prints what it counted; exits with 1 when anything is not as it must be."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--ledger-only", action="store_true", help="do not ask what payments, holds and refunds explain")

    def handle(self, *args: Any, **options: Any) -> None:
        report = verification.verify(business=not options["ledger_only"], tell=self._tell)
        for name, figure in report.figures.items():
            self.stdout.write(f"{name}: {figure}")
        by_right = verification.rights()
        refused = "by the role's rights and by triggers" if not by_right else "by triggers (this role owns the tables)"
        self.stdout.write(f"UPDATE, DELETE and TRUNCATE are refused {refused}")
        self.stdout.write(f"verified in {report.seconds:.1f} s")
        if not report.is_clean:
            wrong = [finding.check for finding in report.findings if finding.count]
            raise CommandError(f"The ledger is not in order: {'; '.join(wrong)}.")

    def _tell(self, finding: Finding) -> None:
        self.stdout.write(f"{'✘' if finding.count else '✔'} {finding.count or 'no'} {finding.check} ({finding.seconds:.1f} s)")
        for row in finding.rows:
            self.stdout.write("    " + ", ".join(f"{key}={value}" for key, value in row.items()))
        if finding.count > len(finding.rows):
            self.stdout.write(f"    … and {finding.count - len(finding.rows)} more")
