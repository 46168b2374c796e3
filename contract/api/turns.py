"""Whose turn it is in a case, as both sides are told."""

from rest_framework import serializers

from contract.choices import Holder, Step
from contract.rules.cases import Ball
from kit import clock
from kit.api.reading import ReadingMixin


class BallSerializer(ReadingMixin):
    """Who must act next, what for, until when. `rests` says which clock stands still meanwhile."""

    holder = serializers.ChoiceField(choices=Holder.choices)
    step = serializers.ChoiceField(choices=Step.choices)
    since = serializers.DateField(allow_null=True)
    nominal_due_on = serializers.DateField(allow_null=True)
    legal_due_on = serializers.DateField(allow_null=True)
    is_over = serializers.SerializerMethodField()
    rests = serializers.SerializerMethodField()

    def get_is_over(self, ball: Ball) -> bool:
        return ball.is_over(clock.today())

    def get_rests(self, ball: Ball) -> str:
        return str(ball.rests) if ball.rests else ""


OF_BALL = BallSerializer()  # one for all: making its fields takes longer than filling them
