"""
How compiled code holds a floor: by one address.

Handing four dozen tables from function to function took longer to compile, and often to run,
than what the functions do. A compiled function gets the address of `Floor.layout` and looks a
table up there when it needs it; the columns that every floor has are known beforehand.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.datamodel import models
from numba.core.imputils import lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import NativeValue, register_model, typeof_impl, unbox
from numba.np.arrayobj import make_array, populate_array

from simulate.kernel.floor import PLACES, TABLES, Floor, Table

_ITEM = 8  # bytes of a number
_KINDS: dict[type, Any] = {np.int64: types.int64, np.float64: types.float64}
_TABLES = {table.name: (place, table) for place, table in enumerate(TABLES)}


class FloorType(types.Type):  # type: ignore[misc]  # numba tells no types here
    """The type of a floor in compiled code."""

    def __init__(self) -> None:
        super().__init__(name="Floor")


FLOOR = FloorType()


@typeof_impl.register(Floor)
def _type_of(_floor: Floor, _context: Any) -> FloorType:
    return FLOOR


@register_model(FloorType)
class _FloorModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: FloorType) -> None:
        super().__init__(manager, kind, ir.IntType(64).as_pointer())


@unbox(FloorType)
def _unbox(_kind: FloorType, floor: Any, c: Any) -> NativeValue:
    address = c.pyapi.object_getattr_string(floor, "address")
    native = c.pyapi.long_as_longlong(address)
    c.pyapi.decref(address)
    pointer = c.builder.inttoptr(native, ir.IntType(64).as_pointer())
    return NativeValue(pointer, is_error=cgutils.is_not_null(c.builder, c.pyapi.err_occurred()))


@infer_getattr
class _FloorAttributes(AttributeTemplate):  # type: ignore[misc]
    key = FloorType

    def generic_resolve(self, _floor: FloorType, name: str) -> Any:
        return _array_type(_TABLES[name][1]) if name in _TABLES else None


def _array_type(table: Table) -> Any:
    return types.Array(_KINDS[table.of], len(table.shape), "C")


@lower_getattr_generic(FloorType)
def _look_up(context: Any, builder: Any, _kind: FloorType, floor: Any, name: str) -> Any:
    """Load a table's address, and of its shape what is not known."""
    place, table = _TABLES[name]

    def entry(number: int) -> Any:
        pointer = builder.gep(floor, [ir.Constant(ir.IntType(32), PLACES * place + number)])
        loaded = builder.load(pointer)
        # Tables stay where they are during a call: once is enough.
        loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
        return loaded

    kind = _array_type(table)
    held = make_array(kind)(context, builder)
    shape = [
        entry(1 + axis) if known is None else context.get_constant(types.intp, known)
        for axis, known in enumerate(table.shape)
    ]
    strides = [context.get_constant(types.intp, _ITEM)]
    for size in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], size))
    data = builder.inttoptr(entry(0), context.get_data_type(kind.dtype).as_pointer())
    populate_array(held, data, shape, strides, _ITEM, meminfo=None)
    return held._getvalue()
