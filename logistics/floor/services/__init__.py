"""Writes of the warehouse floor, one module per noun."""

from logistics.floor.services.bins import assign_bins, lay_out_floor, make_grid, remove_bin, save_bin, set_bin
from logistics.floor.services.packing import check_piece, empty_tote
from logistics.floor.services.picking import Scan, pick_by_code, pick_pieces, report_short
from logistics.floor.services.waves import close_wave, drop_tote, drop_wave, make_wave, start_wave

__all__ = [
    "Scan",
    "assign_bins",
    "check_piece",
    "close_wave",
    "drop_tote",
    "drop_wave",
    "empty_tote",
    "lay_out_floor",
    "make_grid",
    "make_wave",
    "pick_by_code",
    "pick_pieces",
    "remove_bin",
    "report_short",
    "save_bin",
    "set_bin",
    "start_wave",
]
