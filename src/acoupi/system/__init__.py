"""What is kept in the home, and what runs a program from it."""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.config import (
        dump_config as dump_config,
        get_config_field as get_config_field,
        load_config as load_config,
        parse_config_from_args as parse_config_from_args,
        set_config_field as set_config_field,
        write_config as write_config,
    )
    from acoupi.system.apps import get_celery_app as get_celery_app
    from acoupi.system.celery import (
        get_celery_status as get_celery_status,
        purge_queues as purge_queues,
        restart_workers as restart_workers,
        run_celery_command as run_celery_command,
        start_workers as start_workers,
        stop_workers as stop_workers,
    )
    from acoupi.system.celery_config import CeleryConfig as CeleryConfig
    from acoupi.system.configured import is_configured as is_configured
    from acoupi.system.datetime import (
        get_system_timezone as get_system_timezone,
        set_system_timezone as set_system_timezone,
    )
    from acoupi.system.deployments import (
        end_deployment as end_deployment,
        get_current_deployment as get_current_deployment,
        start_deployment as start_deployment,
    )
    from acoupi.system.files import (
        delete_recording as delete_recording,
        get_temp_file_id as get_temp_file_id,
        get_temp_files as get_temp_files,
        move_recording as move_recording,
    )
    from acoupi.system.lifecycle import (
        setup_program as setup_program,
        start_program as start_program,
        stop_program as stop_program,
    )
    from acoupi.system.programs import (
        load_config_schema as load_config_schema,
        load_program as load_program,
        load_program_class as load_program_class,
        write_program_file as write_program_file,
    )
    from acoupi.system.services import (
        disable_services as disable_services,
        enable_services as enable_services,
        services_are_installed as services_are_installed,
        start_services as start_services,
        status_services as status_services,
        stop_services as stop_services,
    )
    from acoupi.system.settings import Settings as Settings
    from acoupi.system.state import (
        AcoupiStatus as AcoupiStatus,
        get_status as get_status,
    )
    from acoupi.system.tasks import (
        get_task_list as get_task_list,
        profile_task as profile_task,
        run_task as run_task,
    )

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "AcoupiStatus": ".state",
        "CeleryConfig": ".celery_config",
        "Settings": ".settings",
        "delete_recording": ".files",
        "disable_services": ".services",
        "dump_config": "acoupi.config",
        "enable_services": ".services",
        "end_deployment": ".deployments",
        "get_celery_app": ".apps",
        "get_celery_status": ".celery",
        "get_config_field": "acoupi.config",
        "get_current_deployment": ".deployments",
        "get_status": ".state",
        "get_system_timezone": ".datetime",
        "get_task_list": ".tasks",
        "get_temp_file_id": ".files",
        "get_temp_files": ".files",
        "is_configured": ".configured",
        "load_config": "acoupi.config",
        "load_config_schema": ".programs",
        "load_program": ".programs",
        "load_program_class": ".programs",
        "move_recording": ".files",
        "parse_config_from_args": "acoupi.config",
        "profile_task": ".tasks",
        "purge_queues": ".celery",
        "restart_workers": ".celery",
        "run_celery_command": ".celery",
        "run_task": ".tasks",
        "services_are_installed": ".services",
        "set_config_field": "acoupi.config",
        "set_system_timezone": ".datetime",
        "setup_program": ".lifecycle",
        "start_deployment": ".deployments",
        "start_program": ".lifecycle",
        "start_services": ".services",
        "start_workers": ".celery",
        "status_services": ".services",
        "stop_program": ".lifecycle",
        "stop_services": ".services",
        "stop_workers": ".celery",
        "write_config": "acoupi.config",
        "write_program_file": ".programs",
    },
)
