/** A number that is typed, with a point or a comma. What is none, or is out of bounds, is said and holds for nothing. */
import { TextInput, type TextInputProps } from '@mantine/core';
import { useState } from 'react';
import { t } from '../texts/t.ts';
import { typedNumber } from '../texts/typed-number.ts';

type NumberFieldProps = Omit<
  TextInputProps,
  'label' | 'value' | 'defaultValue' | 'onChange' | 'type' | 'min' | 'max'
> & {
  readonly label: string;
  /** Short, such as `s`; stands in brackets behind the label. */
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  /** Null is an empty field. */
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
};

export function NumberField({
  label,
  unit,
  min = -Infinity,
  max = Infinity,
  value,
  onChange,
  error,
  ...props
}: NumberFieldProps) {
  /** What stands there as long as somebody types, whatever becomes of it: “0.”, or nothing on the way to another number. */
  const [typed, setTyped] = useState<string | null>(null);
  const wrong = typed === null ? null : wrongWith(typed, min, max);
  return (
    <TextInput
      {...props}
      inputMode="decimal"
      autoComplete="off"
      label={unit === undefined ? label : `${label} (${unit})`}
      value={typed ?? value ?? ''}
      error={wrong ?? error}
      onBlurCapture={() => setTyped(null)}
      onChange={({ currentTarget: { value: text } }) => {
        setTyped(text);
        if (wrongWith(text, min, max) === null) onChange(typedNumber(text));
      }}
    />
  );
}

function wrongWith(text: string, min: number, max: number): string | null {
  const number = typedNumber(text);
  if (number === null) return null;
  if (Number.isNaN(number)) return t('field.notNumber');
  return number < min || number > max ? t('field.outside', { min, max }) : null;
}
