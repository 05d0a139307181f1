import type { Fact } from '../domain/facts.js';
import type { ShipmentId } from '../domain/ids.js';
import { asStep, asUndo } from './fate.js';
import type { Ports, Reservation, StockLine } from './ports.js';
import { tell, type Step, type Told } from './step.js';

export interface ReserveInventory extends Step {
  readonly lines: readonly StockLine[];
}

export interface IssueInventory extends Step {
  readonly shipmentId: ShipmentId;
}

export const inventoryActivities = ({
  inventory,
  journal,
}: Pick<Ports, 'inventory' | 'journal'>) => ({
  reserveInventory: asStep(async (step: ReserveInventory): Promise<Told<Reservation>> => {
    const reservation = await inventory.reserve(step.orderId, step.lines);
    return tell(journal, step, 'reserveInventory', reservation, [factOf(reservation)]);
  }),

  releaseInventory: asUndo(async (step: Step): Promise<Told<null>> => {
    await inventory.release(step.orderId);
    return tell(journal, step, 'releaseInventory', null, [{ type: 'inventory.released' }]);
  }),

  /** The carrier has the parcel: the goods leave the books as they left the house. */
  issueInventory: asUndo(async (step: IssueInventory): Promise<Told<null>> => {
    await inventory.issue(step.orderId);
    return tell(journal, step, `issueInventory:${step.shipmentId}`, null, [
      { type: 'shipment.handed_over', shipmentId: step.shipmentId },
    ]);
  }),
});

function factOf(reservation: Reservation): Fact {
  switch (reservation.kind) {
    case 'reserved':
      return { type: 'inventory.reserved' };
    case 'short':
      return { type: 'inventory.short', lines: reservation.lines };
  }
}
