// A reader's first minute in Firefox: node tests/browser/hosting/firefox.mjs FIREFOX ADDRESS TEXT
//
// Prints what was seen as JSON. Firefox is driven over WebDriver BiDi.

import { readFile } from "node:fs/promises";

import puppeteer from "puppeteer-core";

const [executablePath, address, text] = process.argv.slice(2);
const LIMIT = 120_000; // ms
const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true, protocol: "webDriverBiDi" });
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(LIMIT);
  const errors = [];
  page.on("pageerror", error => errors.push(String(error)));
  page.on("console", message => message.type() === "error" && errors.push(message.text()));
  await page.setViewport({ width: 1440, height: 900 });
  await page.goto(address);
  await page.waitForSelector(".model-state.live");
  await page.waitForSelector("#figure:not(.stale):not(.prepared)");
  await page.focus("#prompt");
  await page.keyboard.down("Control");
  await page.keyboard.press("a");
  await page.keyboard.up("Control");
  await page.type("#prompt", text);
  await page.waitForFunction(text => document.querySelector("#prompt-tokens").textContent.startsWith(text)
    && document.querySelector("#figure:not(.stale)"), {}, text);
  const rows = () => page.$$eval("#candidates tbody tr", all => all.map(row =>
    [Number(row.dataset.id), row.querySelector(".number.model").textContent]));
  const before = await rows();
  await page.focus("#temperature");
  await page.keyboard.press("End");
  await page.waitForFunction(() => Number(document.querySelector("#candidates table").dataset.temperature) === 5);
  const sampled = await page.$eval(".number.sampled", one => one.textContent);
  await page.click('[data-open="attention_head"]');
  await page.waitForSelector("#cell .result");
  const title = await page.$eval("#panel-title", one => one.textContent);
  const own = await page.evaluate(`(${await readFile(new URL("own_code.js", import.meta.url), "utf8")})()`);
  console.log(JSON.stringify({ version: await browser.version(), before, sampled, title, own, errors }));
} finally {
  await browser.close();
}
