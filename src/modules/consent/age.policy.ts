/**
 * Returns the time from which somebody decides alone: the beginning of the month after that in which they reach the age. For somebody who has reached it, it is now, so that
 * the stored time says nothing about the birth. Undefined for a month in the future.
 *
 * @param birthMonth such as `2015-04`
 * @param age in years
 */
export function adultFromOf(birthMonth: string, age: number, now: Date): Date | undefined {
  const [year = 0, month = 0] = birthMonth.split('-').map(Number);
  if (Date.UTC(year, month - 1) > now.getTime()) return undefined;
  const reached = Date.UTC(year + age, month);
  return reached <= now.getTime() ? now : new Date(reached);
}
