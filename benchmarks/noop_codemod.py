"""What every LibCST codemod that looks at code pays before it does anything: parse, visit, write."""

from libcst.codemod import VisitorBasedCodemodCommand


class VisitNothing(VisitorBasedCodemodCommand):
    """Visits every node and changes none."""

    DESCRIPTION = "Visits every node and changes none."
