"""Tasks: functions built from components, ready to be scheduled."""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.tasks.detection import generate_detection_task as generate_detection_task
    from acoupi.tasks.heartbeat import generate_heartbeat_task as generate_heartbeat_task
    from acoupi.tasks.management import (
        generate_file_management_task as generate_file_management_task,
    )
    from acoupi.tasks.messaging import (
        generate_send_messages_task as generate_send_messages_task,
    )
    from acoupi.tasks.recording import generate_recording_task as generate_recording_task
    from acoupi.tasks.schedules import (
        AlignedSchedule as AlignedSchedule,
        aligned_schedule as aligned_schedule,
    )
    from acoupi.tasks.summary import generate_summariser_task as generate_summariser_task

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "AlignedSchedule": ".schedules",
        "aligned_schedule": ".schedules",
        "generate_detection_task": ".detection",
        "generate_file_management_task": ".management",
        "generate_heartbeat_task": ".heartbeat",
        "generate_recording_task": ".recording",
        "generate_send_messages_task": ".messaging",
        "generate_summariser_task": ".summary",
    },
)
