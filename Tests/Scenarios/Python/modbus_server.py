"""A pymodbus server for our driver to read: an SDM630 at unit 1, and a SunSpec meter at units 2 and 3.

The SunSpec device is model 1, model 203 and the end, laid out as the model is described: scale factors of both signs,
values that are not implemented, and an energy counter that is nearly full at unit 2 and has begun again at unit 3. Prints
its port.
"""
import asyncio
import struct

from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice


def registers(words):
    """Blocks of consecutive registers."""
    blocks = []
    for address in sorted(words):
        if blocks and blocks[-1][0] + len(blocks[-1][1]) == address:
            blocks[-1][1].append(words[address])
        else:
            blocks.append((address, [words[address]]))
    return [SimData(address, values=values, datatype=DataType.REGISTERS) for address, values in blocks]


def sdm630():
    words = dict.fromkeys(range(0x180), 0)
    for address, value in {0x00: 231.25, 0x06: 12.5, 0x34: -4321.5, 0x46: 49.97, 0x48: 1234.5, 0x4A: 67.25}.items():
        words[address], words[address + 1] = struct.unpack(">HH", struct.pack(">f", value))
    return words


def sunspec(imported):
    words = {40000: 0x5375, 40001: 0x6E53, 40002: 1, 40003: 66}
    words.update(dict.fromkeys(range(40004, 40070 + 107), 0))
    base = 40070
    points = {
        0: 203, 1: 105, 107: 0xFFFF, 108: 0,
        3: 105, 4: 0x8000, 5: 0x8000, 6: 0xFFFF,  # amperes, scale factor -1
        8: 2312, 9: 0x8000, 10: 2298, 15: 0xFFFF,  # volts, -1
        16: 4998, 17: 0xFFFE,  # hertz, -2
        18: 0x10000 - 432, 19: 0x8000, 20: 0x8000, 21: 0x8000, 22: 1,  # watts, 1
        33: 97, 37: 0,  # power factor in percent
        46: imported >> 16, 47: imported & 0xFFFF, 54: 0xFFFF,  # watt-hours, -1; export not accumulated
    }
    words.update({base + offset: word for offset, word in points.items()})
    return words


def device(unit, *, holding=None, inputs=None):
    nothing = [SimData(0, values=[False], datatype=DataType.BITS)]
    return SimDevice(
        unit, simdata=(nothing, nothing, registers(holding or {0: 0}), registers(inputs or {0: 0})))


async def main():
    devices = [
        device(1, inputs=sdm630()), device(2, holding=sunspec(2**32 - 10)), device(3, holding=sunspec(5)),
    ]
    server = ModbusTcpServer(devices, address=("127.0.0.1", 0))
    await server.listen()
    print(f"port {server.transport.sockets[0].getsockname()[1]} open", flush=True)
    await asyncio.Future()


asyncio.run(main())
