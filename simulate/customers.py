"""Whether two runs meet the same customers: those who come by themselves, not those begotten."""

from __future__ import annotations

import hashlib

import numpy as np

from simulate.rates import Rates


def fingerprint(rates: Rates) -> str:
    """
    Equal where, with one seed, the same first contacts come at the same instants.

    Parameters
    ----------
    rates
        Expected contacts as simulated, whatever files, scales and shares they come from. In
        which order the channels are declared makes no difference.
    """
    order = np.argsort(rates.channel_keys)
    varied = (
        rates.common_cv, rates.own_cv, rates.common_sigma, rates.own_sigma, rates.correlation
    )  # fmt: skip
    digest = hashlib.blake2b(repr(varied).encode(), digest_size=16)
    columns = [rates.channel_keys, rates.extra, rates.mean if rates.paths is None else rates.paths]
    for table in (rates.day, *(one[..., order] for one in columns)):
        digest.update(repr(table.shape).encode())
        digest.update(np.ascontiguousarray(table).data)
    return digest.hexdigest()
