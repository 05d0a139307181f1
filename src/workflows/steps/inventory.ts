import type { Reservation } from '../../activities/ports.js';
import type { Journey } from '../journey.js';

export async function reserveInventory({ life, undos }: Journey): Promise<Reservation> {
  const { lines } = life.input;
  undos.register('releaseInventory', () =>
    life.perform('releaseInventory', {}, 'Give the stock back'),
  );
  const summary = `Set aside ${lines.length} line(s)`;
  const reservation = await life.perform('reserveInventory', { lines }, summary);
  if (reservation.kind === 'short') undos.forget('releaseInventory');
  return reservation;
}
