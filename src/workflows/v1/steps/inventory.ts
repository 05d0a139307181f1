import type { Reservation } from '../../../activities/ports.js';
import type { Journey } from '../journey.js';

export function undoReserveInventory({ life, undos }: Journey): void {
  undos.register('releaseInventory', () =>
    life.perform('releaseInventory', {}, 'Give the stock back'),
  );
}

export async function reserveInventory(journey: Journey): Promise<Reservation> {
  const { life, undos } = journey;
  const { lines } = life.input;
  undoReserveInventory(journey);
  const summary = `Set aside ${lines.length} line(s)`;
  const reservation = await life.perform('reserveInventory', { lines }, summary);
  if (reservation.kind === 'short') undos.forget('releaseInventory');
  return reservation;
}
