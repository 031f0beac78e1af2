/** Chooses a file with a plan, and goes to where it is looked at. */
import { Button, FileButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { MayButton, useWhyNot } from '../../parts/MayButton.tsx';
import { go } from '../../router.ts';
import { openPlanFile } from './plan-file.ts';

interface PlanFileButtonProps {
  readonly variant?: 'filled' | 'default';
  readonly children: ReactNode;
}

export function PlanFileButton({ variant = 'filled', children }: PlanFileButtonProps) {
  const whyNot = useWhyNot('operator');
  if (whyNot !== null)
    return (
      <MayButton takes="operator" variant={variant} onClick={() => {}}>
        {children}
      </MayButton>
    );
  const choose = async (file: File | null): Promise<void> => {
    if (file === null) return;
    await openPlanFile(file);
    go('/open-plan');
  };
  return (
    <FileButton accept="application/json,.json,.yaml,.yml" onChange={(file) => void choose(file)}>
      {(props) => (
        <Button {...props} variant={variant}>
          {children}
        </Button>
      )}
    </FileButton>
  );
}
