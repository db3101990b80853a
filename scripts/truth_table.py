"""Print the truth-harness table of docs/unregistered_groups.md: `python scripts/truth_table.py [repeats]`."""

import sys

from assetmap.groups.simulation import run_truth_harness


def main() -> None:
    """Run the harness and print a Markdown table."""
    table = run_truth_harness(repeats=int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
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
