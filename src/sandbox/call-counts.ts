const mostOrders = 10_000;

/** How often each operation was asked for about an order, whatever was answered. Not kept over a restart. */
export class CallCounts {
  private readonly byOrder = new Map<string, Map<string, number>>();

  /** @param call service and operation: `payments.authorize` */
  add(orderId: string, call: string): void {
    const counts = this.byOrder.get(orderId) ?? new Map<string, number>();
    counts.set(call, (counts.get(call) ?? 0) + 1);
    this.byOrder.set(orderId, counts);
    const [oldest] = this.byOrder.keys();
    if (this.byOrder.size > mostOrders && oldest !== undefined) this.byOrder.delete(oldest);
  }

  of(orderId: string): Readonly<Record<string, number>> {
    return Object.fromEntries(this.byOrder.get(orderId) ?? []);
  }
}
