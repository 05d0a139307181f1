/**
 * What waits for a person about an order `o`, as SQL: open attention items, events that a consumer gave
 * up, and facts that nobody can publish.
 */
export const waitsOfOrder = `array(
  select 'attention: ' || reason from orders.attention a
    where a.order_id = o.id and a.resolved_at is null
  union all select 'dead letter: ' || group_name || ': ' || left(error, 200) from events.quarantined p
    where p.order_id = o.id and p.state = 'dead'
  union all select 'unpublished: ' || type from events.unpublished u where u.order_id = o.id
  order by 1)`;
