/** When a delivery partner fetches the goods; RFC 3339. */
export interface PickUpSlot {
  readonly from: string;
  readonly until: string;
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const afternoon = { fromHour: 14, untilHour: 17 };
const morning = { fromHour: 9, untilHour: 12 };

/**
 * The afternoon of the same working day for what is offered before noon, else the morning of the next
 * working day. All in UTC.
 * @param offeredAt RFC 3339
 */
export function pickUpSlot(offeredAt: string): PickUpSlot {
  const offeredMs = Date.parse(offeredAt);
  const midnightMs = Math.floor(offeredMs / dayMs) * dayMs;
  const isBeforeNoon = offeredMs - midnightMs < 12 * hourMs;
  return isWorkingDay(midnightMs) && isBeforeNoon
    ? slotOn(midnightMs, afternoon)
    : slotOn(workingDayAfter(midnightMs), morning);
}

const isWorkingDay = (timeMs: number): boolean => {
  const weekday = new Date(timeMs).getUTCDay();
  return weekday !== 0 && weekday !== 6;
};

function workingDayAfter(midnightMs: number): number {
  const nextMs = midnightMs + dayMs;
  return isWorkingDay(nextMs) ? nextMs : workingDayAfter(nextMs);
}

const slotOn = (midnightMs: number, { fromHour, untilHour }: typeof morning): PickUpSlot => ({
  from: new Date(midnightMs + fromHour * hourMs).toISOString(),
  until: new Date(midnightMs + untilHour * hourMs).toISOString(),
});
