"""Print the simulation table of docs/groups.md: `python scripts/simulation_study.py [repeats]`."""

import sys

from assetmap.groups.simulation import run_simulation_study


def main() -> None:
    """Run the simulation study and print a Markdown table."""
    table = run_simulation_study(repeats=int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
    print("| method | the county | assumptions hold | bias | 80% interval covers | its width |")
    print("|---|---|---|---|---|---|")
    for row in table.itertuples():
        holds = "yes" if row.assumptions_hold else "**no**"
        print(
            f"| {row.method} | {row.scenario} | {holds} | {row.bias_pct:+.0f}% | {row.coverage_pct:.0f}% "
            f"| {row.width_pct:.0f}% |"
        )


if __name__ == "__main__":
    main()
