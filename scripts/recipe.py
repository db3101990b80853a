"""Read and render conda/recipe.yaml with rattler-build, and say what it asks for: ``make recipe``.

An unknown field, a variable without a value or a version that cannot be read ends it with the sentence of rattler-build.
"""

from __future__ import annotations

from pathlib import Path

RECIPE = Path(__file__).parents[1] / "conda" / "recipe.yaml"


def main() -> None:
    """Read, render, and print one line."""
    import rattler_build

    try:
        (rendered,) = rattler_build.Stage0Recipe.from_file(str(RECIPE)).render(rattler_build.VariantConfig())
    except rattler_build.RattlerBuildError as error:
        raise SystemExit(f"conda/recipe.yaml: {error}") from error
    recipe = rendered.recipe.to_dict()
    package, asked = recipe["package"], recipe["requirements"]["run"]
    print(f"conda/recipe.yaml renders: {package['name']} {package['version']}, {len(asked)} packages to run.")


if __name__ == "__main__":
    main()
