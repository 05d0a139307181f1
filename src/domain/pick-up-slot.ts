const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * When a delivery partner fetches the goods: the afternoon of the same working day for what is offered
 * before noon, else the morning of the next working day. RFC 3339, all in UTC.
 */
export function pickUpSlot(offeredAt: string): { readonly from: string; readonly until: string } {
  const offeredMs = Date.parse(offeredAt);
  const midnightMs = Math.floor(offeredMs / dayMs) * dayMs;
  const isToday = isWorkingDay(midnightMs) && offeredMs - midnightMs < 12 * hourMs;
  const startMs = isToday ? midnightMs : workingDayAfter(midnightMs);
  const [fromHour, untilHour] = isToday ? [14, 17] : [9, 12];
  const at = (hour: number) => new Date(startMs + hour * hourMs).toISOString();
  return { from: at(fromHour), until: at(untilHour) };
}

const isWorkingDay = (timeMs: number): boolean => {
  const weekday = new Date(timeMs).getUTCDay();
  return weekday !== 0 && weekday !== 6;
};

const workingDayAfter = (midnightMs: number): number =>
  isWorkingDay(midnightMs + dayMs) ? midnightMs + dayMs : workingDayAfter(midnightMs + dayMs);
