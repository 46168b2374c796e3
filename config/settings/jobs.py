"""How jobs are run, wherever their messages lie."""

import os

REDIS_URL = os.environ.get("REDIS_URL", "")
# How long (seconds) a page waits for the broker to take a message.
BROKER_WAIT = 2.0
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 30 * 60
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 1_000_000  # KB: printing leaves memory behind
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # its lines are ours: see LOGGING
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULER = "config.celery:Schedule"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
# How many contracts are evaluated together. Where a broker is and there are more, each such batch is a job of its
# own, on a queue that workers of further hosts may take alone (docs/scale.md).
EVALUATION_BATCH = int(os.environ.get("EVALUATION_BATCH", "50"))
CELERY_TASK_ROUTES = {"contract.tasks.evaluate_batch": {"queue": os.environ.get("EVALUATION_QUEUE", "celery")}}
