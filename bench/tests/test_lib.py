"""The benchmarks' own parsing and arithmetic: python3 -m unittest discover bench/tests"""

import json
import os
import pathlib
import socket
import struct
import sys
import tempfile
import threading
import time
import unittest
from collections.abc import Sequence
from typing import ClassVar

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from lib import (
    answers,
    heap,
    load,
    models,
    packets,
    processes,
    redis,
    report,
    router,
    stack,
    stats,
    stream_load,
    streams,
    texts,
)
from lib.errors import BenchError

CLEAN: dict[str, float] = {
    "requests": 1000, "sampled": 1000, "micros": 2_000_000, "wrong": 0, "non_2xx": 0,
    "socket": 0, "timeouts": 0, "p50": 100, "p99": 300,
}  # fmt: skip
ROW = load.Row("16", 16)


class RatioTest(unittest.TestCase):
    def test_is_the_median_of_the_rounds_own_ratios(self) -> None:
        found = stats.ratio([10, 40, 90], [10, 20, 30])
        self.assertEqual((found.median, found.low, found.high), (2, 1, 3))

    def test_leaves_out_rounds_whose_denominator_is_not_positive(self) -> None:
        found = stats.ratio([10, 40, 90], [10, 0, 30])
        self.assertEqual((found.median, found.low, found.high), (2, 1, 3))

    def test_has_no_value_when_half_of_the_rounds_say_nothing(self) -> None:
        self.assertEqual(str(stats.ratio([1, 1], [1, -1])), "n/a")


class IntervalTest(unittest.TestCase):
    def test_leaves_out_one_of_nine_on_each_side(self) -> None:
        found = stats.interval([5, 1, 2, 3, 4, 6, 7, 8, 9], [1] * 9)
        self.assertEqual((found.median, found.low, found.high), (5, 2, 8))

    def test_is_the_range_for_six_rounds(self) -> None:
        found = stats.interval(range(1, 7), [1] * 6)
        self.assertEqual((found.median, found.low, found.high), (3.5, 1, 6))

    def test_has_no_bounds_for_fewer(self) -> None:
        self.assertEqual(str(stats.interval(range(1, 6), [1] * 5)), "n/a")

    def test_leaves_out_rounds_whose_denominator_is_not_positive(self) -> None:
        found = stats.interval([1, 2, 3, 4, 5, 6, 99], [1] * 6 + [0])
        self.assertEqual((found.low, found.high), (1, 6))


class PercentileTest(unittest.TestCase):
    def test_is_the_smallest_value_that_covers_so_many(self) -> None:
        self.assertEqual(stats.percentile(range(1, 101), 25), 25)
        self.assertEqual(stats.percentile([7], 99), 7)
        self.assertEqual(stats.percentile([3, 1, 2], 100), 3)


class SampleTest(unittest.TestCase):
    def test_divides_the_processes_cpu_time_by_the_requests(self) -> None:
        found = load.sample("router", ROW, CLEAN, 0.02, 0.0)
        self.assertEqual((found.rate, found.cpu_micros, found.p50), (500, 20, 100))

    def test_has_no_cpu_time_without_a_proxy(self) -> None:
        self.assertIsNone(load.sample("direct", ROW, CLEAN, None, 0.0).cpu_micros)

    def test_fails_for_any_answer_that_was_not_right(self) -> None:
        for fault in ("wrong", "non_2xx", "socket", "timeouts"):
            with self.subTest(fault), self.assertRaisesRegex(BenchError, fault):
                load.sample("router", ROW, CLEAN | {fault: 1}, 0.02, 0.0)

    def test_fails_when_latencies_are_missing(self) -> None:
        with self.assertRaisesRegex(BenchError, "add up"):
            load.sample("router", ROW, CLEAN | {"sampled": 999}, 0.02, 0.0)


class StreamLoadTest(unittest.TestCase):
    CLEAN = (
        'RESULT {"chunks":2000,"first_bytes":{"count":10,"p50":100.5,"p99":200.5},'
        '"delays":{"count":1500,"p50":20.5,"p99":30.5}}'
    )

    def test_divides_the_processes_cpu_time_by_the_chunks(self) -> None:
        found = stream_load.sample(stream_load.result("router", self.CLEAN), 0.02, 0.0)
        self.assertEqual((found.chunks, found.cpu_micros, found.late_p99), (2000, 10, 30.5))

    def test_fails_with_the_load_generators_own_reason(self) -> None:
        with self.assertRaisesRegex(BenchError, "router: .*not the next"):
            stream_load.result("router", "FAILED java.io.IOException: a chunk that is not the next")

    def test_fails_when_nothing_was_measured(self) -> None:
        empty = self.CLEAN.replace('"count":10', '"count":0')
        with self.assertRaisesRegex(BenchError, "nothing was measured"):
            stream_load.result("router", empty)

    def test_a_stream_takes_its_chunks_times_the_interval(self) -> None:
        self.assertEqual(stream_load.Shape(50, 20_000, 150).seconds, 1)


class PacketTest(unittest.TestCase):
    @staticmethod
    def packet(flags: int, data: bytes = b"", protocol: int = 6) -> bytes:
        tcp = struct.pack("!HHIIBBHHH", 40000, 8080, 1, 1, 8 << 4, flags, 512, 0, 0) + bytes(12)
        length = 20 + len(tcp) + len(data)
        ip = struct.pack("!BBHHHBBHII", 0x45, 0, length, 0, 0, 64, protocol, 0, 0, 0)
        return ip + tcp + data

    def test_has_the_ports_and_the_data_behind_all_options(self) -> None:
        found = packets.segment(self.packet(0x18, b"hello"), 1.5)
        assert found is not None
        self.assertEqual((found.source, found.target, found.data), (40000, 8080, b"hello"))
        self.assertEqual((found.at, found.opens), (1.5, False))

    def test_a_connection_begins_with_the_clients_syn_only(self) -> None:
        found = packets.segment(self.packet(0x02), 0)
        self.assertTrue(found is not None and found.opens)
        self.assertIsNone(packets.segment(self.packet(0x12), 0))

    def test_leaves_out_what_carries_nothing(self) -> None:
        self.assertIsNone(packets.segment(self.packet(0x10), 0))
        self.assertIsNone(packets.segment(self.packet(0x18, b"hello", protocol=17), 0))


class StreamedAnswerTest(unittest.TestCase):
    HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    EVENTS: ClassVar[list[dict[str, object]]] = [{"n": 1}, {"text": "two"}, {"n": 3}]

    @staticmethod
    def message(payload: bytes, kind: bytes = b"PayloadPart") -> bytes:
        prelude = struct.pack("!III", 12 + len(kind) + len(payload) + 4, len(kind), 0)
        return prelude + kind + payload + bytes(4)

    def answer(self, wrapped: bool) -> bytes:
        """Every event in two pieces, so that none begins or ends with a chunk."""
        body = b"".join(b"data:" + json.dumps(event).encode() + b"\n\n" for event in self.EVENTS)
        pieces = [body[i : i + 7] for i in range(0, len(body), 7)]
        chunks = [self.message(piece) for piece in pieces] if wrapped else pieces
        return self.HEAD + b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in [*chunks, b""])

    def test_finds_the_events_wherever_the_answer_is_cut(self) -> None:
        for wrapped in (True, False):
            whole = self.answer(wrapped)
            for size in (1, 5, 64, len(whole)):
                with self.subTest(wrapped=wrapped, size=size):
                    taken, events = answers.StreamedAnswer(wrapped), []
                    for start in range(0, len(whole), size):
                        self.assertFalse(taken.ended)
                        events += taken.feed(whole[start : start + size])
                    self.assertEqual((events, taken.ended), (self.EVENTS, True))

    def test_fails_for_an_error_at_the_end_of_the_stream(self) -> None:
        broken = self.message(b'{"Message":"gone"}', b"exception")
        chunk = b"%x\r\n%s\r\n" % (len(broken), broken)
        with self.assertRaisesRegex(BenchError, "gone"):
            answers.StreamedAnswer(True).feed(self.HEAD + chunk)

    def test_fails_for_another_status(self) -> None:
        with self.assertRaisesRegex(BenchError, "not 200"):
            answers.StreamedAnswer(True).feed(b"HTTP/1.1 424 -\r\n\r\n{}")


class CpuTimeTest(unittest.TestCase):
    def test_counts_what_a_process_computes(self) -> None:
        before, own = processes.cpu_seconds(os.getpid()), time.process_time()
        while time.process_time() - own < 0.02:
            pass
        spent = processes.cpu_seconds(os.getpid()) - before
        self.assertTrue(0.02 <= spent <= time.process_time() - own + 0.001, spent)


class RedisTest(unittest.TestCase):
    """Against a server that says what a test gives it, whatever it is asked."""

    def connect(self, *replies: bytes) -> redis.Redis:
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)
        thread = threading.Thread(target=self.reply, args=(server, replies), daemon=True)
        thread.start()
        return redis.Redis(f"redis://127.0.0.1:{server.getsockname()[1]}")

    @staticmethod
    def reply(server: socket.socket, replies: Sequence[bytes]) -> None:
        connection, _ = server.accept()
        with connection:
            for each in replies:
                connection.recv(65536)
                connection.sendall(each)

    def test_reads_a_figure_of_a_section(self) -> None:
        text = b"# Memory\r\nused_memory:1234\r\nused_memory_human:1K\r\n"
        with self.connect(b"$%d\r\n%s\r\n" % (len(text), text)) as client:
            self.assertEqual(client.used_memory(), 1234)

    def test_asks_for_keys_until_there_are_no_more(self) -> None:
        pages = b"*2\r\n$1\r\n7\r\n*1\r\n$1\r\na\r\n", b"*2\r\n$1\r\n0\r\n*1\r\n$1\r\nb\r\n"
        with self.connect(*pages) as client:
            self.assertEqual(list(client.every_key()), ["a", "b"])

    def test_fails_for_a_reply_of_another_kind(self) -> None:
        with self.connect(b"+OK\r\n") as client, self.assertRaisesRegex(BenchError, "'OK'.*a number"):
            client.number("ZCOUNT", "key", 0, 1)
        with self.connect(b":1\r\n") as client, self.assertRaisesRegex(BenchError, "1 .*a cursor"):
            list(client.every_key())

    def test_fails_with_the_servers_own_reason(self) -> None:
        with self.connect(b"-ERR no\r\n") as client, self.assertRaisesRegex(BenchError, "ERR no"):
            client.commands()


class TargetTest(unittest.TestCase):
    def test_has_an_address_to_connect_to(self) -> None:
        self.assertEqual(stack.Target("x", "http://127.0.0.1:81", "/").address, ("127.0.0.1", 81))
        with self.assertRaisesRegex(BenchError, "host and port"):
            _ = stack.Target("x", "http://127.0.0.1", "/").address


class HistogramTest(unittest.TestCase):
    TEXT = """4711:
 num     #instances         #bytes  class name (module)
   1:          10            320  java.lang.String (java.base@25)
   2:           1         999999  [Ljdk.internal.vm.FillerElement; (java.base@25)
   3:           2             64  io.sessionrouter.domain.Session
Total            13        1000383
"""

    def test_counts_what_lives_and_not_the_collectors_filling(self) -> None:
        found = heap.parse(self.TEXT)
        self.assertEqual(found["java.lang.String"], (10, 320))
        self.assertEqual(heap.total(found), 384)

    def test_growth_begins_with_the_largest(self) -> None:
        gained = heap.growth({"a": (1, 10)}, {"a": (2, 15), "b": (1, 50)})
        self.assertEqual(gained, [("b", (1, 50)), ("a", (1, 5))])


class TextsTest(unittest.TestCase):
    def test_comes_close_to_the_wanted_tokens_and_never_over(self) -> None:
        for wanted in (128, 1000, 16128):
            _, tokens = texts.of_tokens(wanted, lambda text: 5 + len(text.split()) * 3 // 2)
            self.assertTrue(wanted - texts.CLOSE_ENOUGH <= tokens <= wanted, (wanted, tokens))

    def test_never_asks_for_much_more_than_the_wanted_tokens(self) -> None:
        asked = []

        def count(text: str) -> int:
            asked.append(5 + len(text.split()))
            return asked[-1]

        texts.of_tokens(16128, count)
        self.assertLess(max(asked), 16128 + 128)


class StreamTest(unittest.TestCase):
    HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
    EVENT = b'1c\r\ndata:{"token":{"text":"a"}}\n\n\r\n'
    END = b"0\r\n\r\n"

    def test_notes_a_token_when_its_whole_event_has_come(self) -> None:
        stream = streams.Stream(0.0)
        stream.feed(self.HEAD + self.EVENT + self.EVENT[:9], 1.0)
        stream.feed(self.EVENT[9:], 2.0)
        self.assertEqual((stream.times, stream.done), ([1.0, 2.0], False))
        stream.feed(self.EVENT + self.END, 5.0)
        self.assertEqual((stream.times, stream.done), ([1.0, 2.0, 5.0], True))

    def test_reads_a_stream_cut_anywhere(self) -> None:
        stream = streams.Stream(0.0)
        for byte in self.HEAD + self.EVENT * 3 + self.END:
            stream.feed(bytes([byte]), 1.0)
        self.assertEqual((len(stream.times), stream.done), (3, True))

    def test_fails_for_an_answer_that_is_no_stream(self) -> None:
        with self.assertRaisesRegex(BenchError, "no stream"):
            streams.Stream(0.0).feed(b"HTTP/1.1 503 x\r\n\r\n{}", 1.0)

    def test_fails_for_a_stream_that_breaks_off(self) -> None:
        broken = b'1b\r\ndata:{"error":"x"}\n\n\r\n'
        with self.assertRaisesRegex(BenchError, "broke off"):
            streams.Stream(0.0).feed(self.HEAD + self.EVENT + broken, 1.0)

    def test_tells_pauses_before_and_during_apart(self) -> None:
        stream = streams.Stream(0.0, [1.0, 2.0, 4.0, 8.0, 16.0])
        self.assertEqual(stream.gaps_before(4.0), [1.0, 2.0])
        self.assertEqual(stream.gaps_during(3.0, 7.0), [2.0, 4.0])


class ModelsTest(unittest.TestCase):
    def test_an_endless_model_differs_in_its_end_mark_alone(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            model = pathlib.Path(folder, "model")
            model.mkdir()
            manifest = {"context_length": 9, "chat": {"begin": [1], "end": [4]}}
            (model / "model.json").write_text(json.dumps(manifest))
            (model / "words.txt").write_text("hello")
            copied = models.endless(model, pathlib.Path(folder))
            found = json.loads((copied / "model.json").read_text())
            self.assertEqual(found, manifest | {"chat": {"begin": [1], "end": [0]}})
            self.assertEqual((copied / "words.txt").read_text(), "hello")
            self.assertEqual(json.loads((model / "model.json").read_text()), manifest)


class CommandTest(unittest.TestCase):
    def test_fills_in_the_places(self) -> None:
        line = router.fill("x -p {port} '{instances}'", port=1, instances="http://h:3,http://h:4")
        self.assertEqual(line, ["x", "-p", "1", "http://h:3,http://h:4"])

    def test_names_what_it_knows_when_it_does_not_know_a_word(self) -> None:
        with self.assertRaisesRegex(BenchError, "{port}"):
            router.fill("x {nothing}", port=1)


class TableTest(unittest.TestCase):
    def test_lines_columns_up(self) -> None:
        self.assertEqual(report.table(["a", "b"], [["long", 1]]).splitlines()[2], "long  1")


if __name__ == "__main__":
    unittest.main()
