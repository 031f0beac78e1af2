/** Every style sheet of the window, libraries first. */
import '@mantine/core/styles.css';
import '@mantine/spotlight/styles.css';
import './palette.css';
import './base.css';
import './forced-colors.css';
