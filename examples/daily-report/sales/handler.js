'use strict';

// Stands in for a shop: what was sold on a day. It is made up from the date, so a date has the same sales whenever one asks.
const PRICES = { Bread: 420, Coffee: 349, 'Fish & chips': 1150, Tea: 275 };

module.exports = async (event, context) => {
  const { date } = event.query;
  const [, day] = /^\d{4}-\d{2}-(\d{2})$/.exec(date) ?? [];
  if (day === undefined) return context.status(400).succeed({ error: 'say which day: ?date=2026-03-01' });
  const sales = Object.entries(PRICES).map(([item, cents], at) => ({
    item,
    cents,
    count: (Number(day) * (at + 3)) % 11,
  }));
  return context.succeed({ date, sales });
};
