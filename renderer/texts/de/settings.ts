/** The settings. */
export const settings = {
  'settings.title': 'Einstellungen',
  'settings.appearance': 'Sprache und Erscheinungsbild',
  'settings.language': 'Sprache',
  'settings.theme': 'Erscheinungsbild',
  'settings.theme.auto': 'Wie das System',
  'settings.theme.light': 'Hell',
  'settings.theme.dark': 'Dunkel',
  'settings.compact': 'Schmale Zeilen in Tabellen',
};
