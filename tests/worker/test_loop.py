"""The loop of jobs, without a database."""

from worker.loop import Loop


def test_a_failing_job_stops_no_other_and_works_again_later() -> None:
    class Failing:
        name = "failing"
        left = 2

        def run(self) -> None:
            self.left -= 1
            if self.left >= 0:
                raise RuntimeError("database is away")

        def close(self) -> None:
            """Nothing."""

    class Stopping:
        name = "stopping"
        runs = 0
        closed = False

        def run(self) -> None:
            self.runs += 1
            loop.wake.set()
            if self.runs == 3:
                loop.stop()

        def close(self) -> None:
            self.closed = True

    loop = Loop()
    failing, stopping = Failing(), Stopping()
    loop.jobs = [failing, stopping]
    loop.run()
    assert (failing.left, stopping.runs, stopping.closed) == (-1, 3, True)
