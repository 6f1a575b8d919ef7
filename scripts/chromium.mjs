// Debian's Chromium, or the one that CHROMIUM names; undefined where there is none.
import { existsSync } from 'node:fs'

const PLACES = [process.env.CHROMIUM ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

export const CHROMIUM = PLACES.find((path) => path !== '' && existsSync(path))
