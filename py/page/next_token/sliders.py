"""Where a sampling setting stands on its slider: more room where small moves matter; the far end of two is "off"."""

TEMPERATURE_STEPS = 140  # 0.02 a step up to 2, then 0.075 up to 5
FINE = 100
TOP_K_OFF = 201
TOP_P_OFF = 100


def temperature_at(position):
    """0 to 140 -> 0 to 5."""
    if position <= FINE:
        return round(position * 0.02, 2)
    return round(2 + (position - FINE) * 0.075, 3)


def temperature_position(temperature):
    """The nearest position to a temperature that was typed or came with a link."""
    if temperature <= 2:
        return round(temperature / 0.02)
    return FINE + round((temperature - 2) / 0.075)


def top_k_at(position):
    return None if position >= TOP_K_OFF else position


def top_p_at(position):
    return None if position >= TOP_P_OFF else position / 100
