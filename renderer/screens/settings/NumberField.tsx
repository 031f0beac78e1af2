/** A number that is typed: while somebody types, the field has what was typed, “0.” and nothing included. */
import { NumberInput, type NumberInputProps } from '@mantine/core';
import { useState } from 'react';

type NumberFieldProps = Omit<NumberInputProps, 'value' | 'onChange' | 'defaultValue'> & {
  /** Null is an empty field. */
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
};

export function NumberField({ value, onChange, ...props }: NumberFieldProps) {
  const [typed, setTyped] = useState<string | number | null>(null);
  const [isTyping, setIsTyping] = useState(false);
  return (
    <NumberInput
      {...props}
      value={(isTyping ? typed : null) ?? value ?? ''}
      onFocusCapture={() => {
        setTyped(null); // by onFocus this would come late, after the first letter
        setIsTyping(true);
      }}
      onBlurCapture={() => setIsTyping(false)}
      onChange={(to) => {
        setTyped(to);
        onChange(numberOf(to));
      }}
    />
  );
}

function numberOf(typed: string | number): number | null {
  const number = Number(typed);
  return typed === '' || Number.isNaN(number) ? null : number;
}
