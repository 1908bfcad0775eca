"""A country that does not exist, with conflicts planted in it and near misses beside them."""

from aiqyn.services.demo.compare import Comparison, compare
from aiqyn.services.demo.country import DEFAULT_SIZE, SMALLEST_SIZE, Country, generate
from aiqyn.services.demo.truth import Decoy, Plant

__all__ = ["DEFAULT_SIZE", "SMALLEST_SIZE", "Comparison", "Country", "Decoy", "Plant", "compare", "generate"]
