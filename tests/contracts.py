"""An import contract that import-linter does not bring: a package that stands alone."""

import sys
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class SelfContained(Contract):
    """Modules of `packages` import their own package, the standard library and `allowed`, only.

    Their tests, in a `tests` folder inside, are free.
    """

    packages: Any = fields.ListField(subfield=fields.StringField())
    allowed: Any = fields.ListField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look at every import of every module of the packages."""
        strays = sorted(
            f"{module} imports {imported}"
            for package in self.packages
            for module in {package, *graph.find_descendants(package)}
            for imported in graph.find_modules_directly_imported_by(module)
            if not module.startswith(f"{package}.tests") and not self._may_import(package, imported)
        )
        return ContractCheck(kept=not strays, metadata={"strays": strays})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print each import that should not be."""
        for stray in check.metadata["strays"]:
            output.print_error(stray)

    def _may_import(self, package: str, imported: str) -> bool:
        if imported.partition(".")[0] in sys.stdlib_module_names:
            return True
        return any(f"{imported}.".startswith(f"{one}.") for one in (package, *(self.allowed or [])))
