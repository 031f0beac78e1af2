/** The tree left of the machines: what is chosen in it narrows the table. One tab stop, arrows, as trees have them. */
import { NativeSelect } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { numberText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import classes from './Inventory.module.css';
import { seenOf, ways, type Place, type Way } from './places.ts';

interface PlaceTreeProps {
  readonly places: readonly Place[];
  readonly way: Way;
  /** Null shows machines of all places. */
  readonly chosen: string | null;
  readonly onWay: (way: Way) => void;
  readonly onChoose: (place: string | null) => void;
}

export function PlaceTree({ places, way, chosen, onWay, onChoose }: PlaceTreeProps) {
  const tree = useRef<HTMLDivElement>(null);
  /** Those that are not as they are at first: sources and what is right below them open, all else closed. */
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState<string | null>(null);
  const isOpen = (id: string): boolean => levelOf(id) <= 2 !== turned.has(id);
  const seen = seenOf(places, isOpen);
  const at = seen.some(({ id }) => id === active) ? active : (chosen ?? seen[0]?.id ?? null);

  const wantsFocus = useRef(false);
  useEffect(() => {
    if (wantsFocus.current) tree.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
    wantsFocus.current = false;
  });
  const go = (place: Place | undefined): void => {
    if (place === undefined) return;
    wantsFocus.current = true;
    setActive(place.id);
  };
  const turn = (id: string): void => {
    const next = new Set(turned);
    if (!next.delete(id)) next.add(id);
    setTurned(next);
  };
  const choose = (id: string): void => onChoose(id === chosen ? null : id);
  const press = (event: React.KeyboardEvent): void => {
    const index = seen.findIndex(({ id }) => id === at);
    const place = seen[index];
    if (place === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    const hasInside = place.inside.length > 0;
    const keys: Readonly<Record<string, () => void>> = {
      ArrowDown: () => go(seen[index + 1]),
      ArrowUp: () => go(seen[index - 1]),
      Home: () => go(seen[0]),
      End: () => go(seen.at(-1)),
      ArrowRight: () => (hasInside && !isOpen(place.id) ? turn(place.id) : go(hasInside ? seen[index + 1] : undefined)),
      ArrowLeft: () =>
        hasInside && isOpen(place.id)
          ? turn(place.id)
          : go(seen.slice(0, index).findLast(({ level }) => level < place.level)),
      Enter: () => choose(place.id),
      ' ': () => choose(place.id),
      Escape: () => onChoose(null),
    };
    const act = keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };

  return (
    <div className={classes['places']}>
      <NativeSelect
        size="xs"
        label={t('inventory.by')}
        value={way}
        data={ways.map((one) => ({ value: one, label: t(`inventory.by.${one}`) }))}
        onChange={({ currentTarget }) => {
          const wanted = ways.find((one) => one === currentTarget.value);
          if (wanted !== undefined) onWay(wanted);
        }}
      />
      <div ref={tree} role="tree" tabIndex={-1} aria-label={t('inventory.places')} className={classes['tree']}>
        {seen.map(({ id, name, level, machines, inside }) => (
          <div
            key={id}
            role="treeitem"
            className={classes['place']}
            style={{ paddingInlineStart: `${(level - 1) * 0.9}rem` }}
            tabIndex={id === at ? 0 : -1}
            aria-level={level}
            aria-selected={id === chosen}
            {...(inside.length > 0 ? { 'aria-expanded': isOpen(id) } : {})}
            onKeyDown={press}
            onClick={() => {
              setActive(id);
              choose(id);
            }}
          >
            {inside.length > 0 ? (
              <button
                type="button"
                tabIndex={-1}
                aria-hidden="true"
                onClick={(event) => {
                  event.stopPropagation();
                  turn(id);
                }}
              >
                {isOpen(id) ? <IconChevronDown size={16} /> : <IconChevronRight size={16} />}
              </button>
            ) : (
              <i />
            )}
            <span title={name}>{name === '' ? t(`inventory.without.${way}`) : name}</span>
            <small>{numberText(machines)}</small>
          </div>
        ))}
      </div>
    </div>
  );
}

/** How many names lead there. */
const levelOf = (id: string): number => (JSON.parse(id) as string[]).length; // it was made of names
