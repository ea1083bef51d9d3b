"""Reads a served SDM630 (unit 1), EM24 (unit 2) and SunSpec meter (unit 3) with pymodbus and prints what they show.

Usage: modbus_client.py PORT
"""
import json
import struct
import sys

from pymodbus.client import ModbusTcpClient


def signed(value, bits):
    return value - (1 << bits) if value >> (bits - 1) else value


client = ModbusTcpClient("127.0.0.1", port=int(sys.argv[1]))
assert client.connect()


def inputs(address, count, unit):
    answer = client.read_input_registers(address, count=count, device_id=unit)
    assert not answer.isError(), answer
    return answer.registers


def holding(address, count, unit):
    answer = client.read_holding_registers(address, count=count, device_id=unit)
    assert not answer.isError(), answer
    return answer.registers


def float32(words):
    return struct.unpack(">f", struct.pack(">HH", *words))[0]


def low_first(words):
    return signed(words[1] << 16 | words[0], 32)


shown = {"sdm630": {"power": float32(inputs(0x34, 2, 1)) / 1000, "import": float32(inputs(0x48, 2, 1)),
                    "export": float32(inputs(0x4A, 2, 1))},
         "em24": {"power": low_first(inputs(0x28, 2, 2)) / 10_000, "import": low_first(inputs(0x3E, 2, 2)) / 10,
                  "hertz": inputs(0x37, 1, 2)[0] / 10}}

assert bytes.fromhex("".join("%04x" % word for word in holding(40000, 2, 3))) == b"SunS"
address, models = 40002, []
while True:
    model, length = holding(address, 2, 3)
    if model == 0xFFFF:
        break
    models.append(model)
    if model in (201, 202, 203, 204):
        block = holding(address, length + 2, 3)
        watts = signed(block[18], 16) * 10.0 ** signed(block[22], 16)
        energy = (block[46] << 16 | block[47]) * 10.0 ** signed(block[54], 16)
        shown["sunspec"] = {"power": watts / 1000, "import": energy / 1000}
    address += 2 + length
shown["models"] = models
refused = client.read_input_registers(0x3000, count=2, device_id=1)
shown["refusal"] = refused.exception_code if refused.isError() else None
print(json.dumps(shown))
