"""A program that does next to nothing, to see whether an installation runs."""

from datetime import timedelta

from pydantic import BaseModel, Field

from acoupi.programs.core.base import AcoupiProgram

__all__ = ["TestConfigSchema", "TestProgram"]

INTERVAL_S = 10


class TestConfigSchema(BaseModel):
    """The configuration of the test program."""

    __test__ = False

    name: str = Field(default="test_program", description="what the program calls itself")


class TestProgram(AcoupiProgram[TestConfigSchema]):
    """Writes its name into the log every ten seconds."""

    __test__ = False

    config_schema = TestConfigSchema

    def setup(self, config: TestConfigSchema) -> None:
        """Add the one task."""

        def test_task() -> None:
            self.logger.info("the program %s is running", config.name)

        self.add_task(test_task, schedule=timedelta(seconds=INTERVAL_S))

    def check(self, config: TestConfigSchema) -> None:
        """Find nothing wrong: the program needs nothing."""
