/** The look of Mantine's components, in our own colours. */
import {
  createTheme,
  defaultVariantColorsResolver,
  type CSSVariablesResolver,
  type MantineColorsTuple,
} from '@mantine/core';

/** Shade 6 carries white text, shade 4 dark text: contrast 4.5 or more. */
const guts: MantineColorsTuple = [
  '#e8eefb',
  '#cddcf8',
  '#a8c4ff',
  '#8fb4ff',
  '#7da7ff',
  '#4a7fe8',
  '#2457c5',
  '#1f4cae',
  '#1a4093',
  '#153474',
];
const danger: MantineColorsTuple = [
  '#fcebec',
  '#f7d0d2',
  '#ffb9bc',
  '#ffa9ad',
  '#ff9a9e',
  '#d9525a',
  '#a9242c',
  '#921d25',
  '#7a181f',
  '#621318',
];

/** Mantine's own greys of the dark theme, in the tint of ours. */
const dark: MantineColorsTuple = [
  '#e8ebf0',
  '#c6cdd7',
  '#a2acba',
  '#7f8997',
  '#3c4551',
  '#313842',
  '#171b21',
  '#14171c',
  '#101317',
  '#0c0e12',
];

export const theme = createTheme({
  colors: { guts, danger, dark },
  primaryColor: 'guts',
  primaryShade: { light: 6, dark: 4 },
  autoContrast: true,
  // Mantine judges by the light theme's shade alone, and would write white on the dark theme's light ground.
  variantColorResolver: (input) => ({
    ...defaultVariantColorsResolver(input),
    ...(input.variant === 'filled' ? { color: 'var(--guts-on-accent)' } : {}),
  }),
  respectReducedMotion: true,
  focusRing: 'auto',
  cursorType: 'pointer',
  fontFamily: "system-ui, 'Segoe UI', Cantarell, 'DejaVu Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Code', Menlo, 'DejaVu Sans Mono', monospace",
});

const own = {
  '--mantine-color-body': 'var(--guts-ground)',
  '--mantine-color-text': 'var(--guts-text)',
  '--mantine-color-dimmed': 'var(--guts-quiet)',
  '--mantine-color-placeholder': 'var(--guts-quiet)',
  '--mantine-color-anchor': 'var(--guts-accent)',
  '--mantine-color-error': 'var(--guts-bad)',
  '--mantine-color-default': 'var(--guts-card)',
  '--mantine-color-default-color': 'var(--guts-text)',
  '--mantine-color-default-hover': 'var(--guts-still-soft)',
  '--mantine-color-default-border': 'var(--guts-line)',
};

export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: own, dark: own });
