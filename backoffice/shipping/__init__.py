"""The desk where orders are sent: papers to print, the bench where parcels are scanned, files of tracking numbers.

It decides nothing about orders; it reads them and hands what was said to `orders.services.fulfilment`.
"""
