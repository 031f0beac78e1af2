/** Which columns a table shows, in which order and how wide; and the views that were saved of it. Kept on this computer. */
import { z } from 'zod';
import type { Column } from './column.ts';

export const LEAST_WIDTH = 48;
const MOST_WIDTH = 1200;
const USUAL_WIDTH = 140;

const Layout = z.object({
  order: z.array(z.string()),
  /** Of those whose columns are not as they were made. */
  isShown: z.record(z.string(), z.boolean()),
  /** Pixels, of all columns or of none: until one is changed, they share what room there is. */
  widths: z.record(z.string(), z.number().min(LEAST_WIDTH).max(MOST_WIDTH)),
});
export type Layout = z.infer<typeof Layout>;

const View = z.object({
  name: z.string().min(1),
  filter: z.string(),
  /** Chosen values by column. */
  facets: z.record(z.string(), z.array(z.string())),
  sorts: z.array(z.object({ column: z.string(), isDown: z.boolean() })),
  layout: Layout,
});
export type View = z.infer<typeof View>;

const Kept = z.object({ version: z.literal(1), layout: Layout, views: z.array(View) });
export type Kept = z.infer<typeof Kept>;

export const asMade: Layout = { order: [], isShown: {}, widths: {} };
const nothing: Kept = { version: 1, layout: asMade, views: [] };

const nameOf = (id: string): string => `guts.table.${id}`;

export function keptOf(id: string): Kept {
  try {
    return Kept.parse(JSON.parse(localStorage.getItem(nameOf(id)) ?? 'null'));
  } catch {
    return nothing; // nothing was kept yet, or by another Guts
  }
}

export function keep(id: string, kept: Kept): void {
  localStorage.setItem(nameOf(id), JSON.stringify(kept));
}

/** All columns in their order; what is newer than the layout comes last. */
export function inOrder<Row>(columns: readonly Column<Row>[], { order }: Layout): readonly Column<Row>[] {
  const placeOf = ({ id }: Column<Row>): number => (order.includes(id) ? order.indexOf(id) : order.length);
  return columns.toSorted((a, b) => placeOf(a) - placeOf(b));
}

export const isShown = <Row>({ id, isExtra }: Column<Row>, layout: Layout): boolean =>
  layout.isShown[id] ?? isExtra !== true;

export const widthOf = <Row>({ id, width = USUAL_WIDTH }: Column<Row>, { widths }: Layout): number =>
  widths[id] ?? width;

/** @param by how many places, to the right where it is positive */
export function moved<Row>(columns: readonly Column<Row>[], layout: Layout, id: string, by: number): Layout {
  const order = inOrder(columns, layout).map((one) => one.id);
  const at = order.indexOf(id);
  order.splice(at, 1);
  order.splice(Math.max(0, at + by), 0, id);
  return { ...layout, order };
}

export const resized = (layout: Layout, widths: Readonly<Record<string, number>>): Layout => ({
  ...layout,
  widths: {
    ...layout.widths,
    ...Object.fromEntries(
      Object.entries(widths).map(([id, width]) => [id, Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, Math.round(width)))]),
    ),
  },
});
