/** The wizard's steps by their names. */
import type { ComponentType } from 'react';
import type { StepName } from './draft.ts';
import { CheckStep } from './CheckStep.tsx';
import { DestinationStep } from './DestinationStep.tsx';
import { MachinesStep } from './MachinesStep.tsx';
import { MappingStep } from './MappingStep.tsx';
import { OptionsStep } from './OptionsStep.tsx';
import { ReviewStep } from './ReviewStep.tsx';

export const steps: Readonly<Record<StepName, ComponentType>> = {
  machines: MachinesStep,
  destination: DestinationStep,
  mapping: MappingStep,
  options: OptionsStep,
  check: CheckStep,
  review: ReviewStep,
};
