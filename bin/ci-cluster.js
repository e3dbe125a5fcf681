#!/usr/bin/env node
import process from 'node:process';
import { main } from '../dist/main.js';

await main(process.argv.slice(2));
// A library may keep a timer or socket; what had to be closed is closed by now.
process.exit(process.exitCode);
