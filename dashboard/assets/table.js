/* The table of incidents: AG Grid, fetched when it is first opened, fed block by block, chosen together with the map. */
"use strict";
(function () {
  const onemap = (window.onemap = window.onemap || {});
  const BLOCK = 100;
  const none = () => window.dash_clientside.no_update;
  const place = () => document.getElementById("table-place");
  let script = null; // on its way, or there
  let grid = null; // AG Grid's own
  let speaks = null; // the language it was made for
  let page = null; // the newest page of the list: what is asked, and how many there are
  let filled = null; // the question whose rows are shown
  let broken = false; // whether rows could not be fetched
  let ends = new Map(); // the row that follows a block, by its number, and the cursor that leads there
  let chosen = null; // the incident that is marked
  let wanted = null; // the incident to scroll to
  let told = null; // the place of the address that was last marked

  function fetched() {
    script = script || new Promise((done, failed) => {
      const made = Object.assign(document.createElement("script"), { src: place().dataset.script, onload: done });
      made.onerror = () => failed(new Error(onemap.look.text("error_network")));
      document.head.append(made);
    });
    script.catch(() => (script = null));
    return script;
  }

  function order() {
    const by = grid.getColumnState().find((column) => column.sort);
    return by ? (by.sort === "desc" ? "-" : "") + by.colId : "-reported_at";
  }

  function question() {
    const says = onemap.view.query(page.view);
    says.append("sort", order());
    if (page.view.unplaced) says.append("unplaced", "true");
    return says.toString();
  }

  /* From the nearest row that a cursor leads to: scrolling on skips nothing, a leap skips the rest. */
  async function getRows({ startRow, successCallback, failCallback }) {
    const asks = question();
    if (asks !== filled) ends = new Map();
    filled = asks;
    const mine = ends;
    const from = Math.max(0, ...[...ends.keys()].filter((row) => row <= startRow));
    const after = from ? "&after=" + ends.get(from) : "";
    const skip = startRow > from ? "&skip=" + (startRow - from) : "";
    try {
      const answer = await onemap.feed.ask("/api/incidents?" + asks + "&limit=" + BLOCK + after + skip);
      if (asks !== filled || mine !== ends) return failCallback(); // asked anew meanwhile
      const end = startRow + answer.incidents.length;
      if (answer.next) ends.set(end, answer.next);
      successCallback(answer.incidents, answer.next ? Math.max(page.total, end + 1) : end);
      place().dataset.filled = asks;
      trouble("");
      window.setTimeout(arrive);
    } catch (mistake) {
      failCallback();
      if (asks === filled && mine === ends) trouble(onemap.look.text("table_rows_failed") + ": " + mistake.message + " ");
    }
  }

  /* Rows that stay empty say why; the clock and a button ask for them again. */
  function trouble(sentence) {
    broken = Boolean(sentence);
    const said = document.getElementById("table-trouble");
    const again = Object.assign(onemap.units.element("button", onemap.look.text("retry"), "action"), { type: "button" });
    again.dataset.again = "yes";
    said.replaceChildren(...(broken ? [sentence, again] : []));
  }

  function select() {
    const node = chosen && grid.getRowNode(chosen);
    if (node) node.setSelected(true, true);
    else grid.deselectAll();
  }

  /* Marks the chosen incident's row, and brings it into sight where somebody asked for it elsewhere. */
  async function arrive() {
    if (!grid || filled === null || place().dataset.filled !== filled) return;
    select();
    const id = wanted;
    wanted = null;
    if (!id) return;
    const node = grid.getRowNode(id);
    if (node) return grid.ensureIndexVisible(node.rowIndex);
    try {
      const { position } = await onemap.feed.ask("/api/incidents/" + id + "/position?" + filled);
      if (position !== null && id === chosen) grid.ensureIndexVisible(position, "middle");
    } catch {
      // the row stays where it is; the map tells of the incident
    }
  }

  function mark(id) {
    chosen = id === null ? null : String(id);
    if (!grid) wanted = chosen;
    else if (chosen && !grid.getSelectedNodes().some((node) => node.id === chosen)) wanted = chosen;
    arrive();
  }

  function sorted(by) {
    const state = [{ colId: by.replace("-", ""), sort: by.startsWith("-") ? "desc" : "asc" }];
    grid.applyColumnState({ state, defaultState: { sort: null } });
  }

  function pressed({ source }) {
    if (source === "uiColumnSorted") onemap.view.go({ by: order() });
  }

  function opened({ data }) {
    if (!data) return;
    chosen = String(data.id);
    select();
    onemap.place.show("incident-" + data.id);
  }

  function options() {
    const words = place().dataset.words.split(" ");
    return {
      cacheBlockSize: BLOCK,
      maxBlocksInCache: 20,
      blockLoadDebounceMillis: 60,
      rowSelection: { mode: "singleRow", checkboxes: false, enableClickSelection: false },
      theme: { function: "onemapTheme(themeQuartz)" },
      localeText: Object.fromEntries(words.map((word) => [word, onemap.look.text("grid_" + word)])),
      suppressDragLeaveHidesColumns: true,
      suppressCellFocus: false,
      tooltipShowDelay: 600,
    };
  }

  async function build(language) {
    speaks = language;
    grid = filled = null;
    await fetched();
    const id = "table-grid-" + language;
    const says = { rowModelType: "infinite", getRowId: "onemapRowId(params)", dashGridOptions: options() };
    const props = { id, ...says, style: { height: "100%" } };
    window.dash_clientside.set_props("table-place", { children: { namespace: "dash_ag_grid", type: "AgGrid", props } });
    const made = await window.dash_ag_grid.getApiAsync(id);
    // The component brings a source of rows of its own as soon as its grid is ready; ours takes that one's place.
    while (!made.getGridOption("datasource")) await new Promise((later) => window.setTimeout(later, 20));
    if (speaks !== language) return;
    grid = made;
    grid.setGridOption("columnDefs", onemap.tableColumns.definitions());
    sorted(page.view.by);
    grid.addEventListener("sortChanged", pressed);
    grid.addEventListener("rowClicked", opened);
    grid.addEventListener("cellKeyDown", (said) => said.event.key === "Enter" && opened(said));
    grid.setGridOption("datasource", { getRows });
    onemap.tableColumns.menu(grid);
  }

  /* Another question empties the table; another answer to the same question is fetched behind the rows shown. Cursors
     that lead to a row by its number are of the answer before, and would skip as many rows as there are new ones. */
  function renew(news) {
    onemap.tableColumns.show(onemap.view.now);
    if (order() !== page.view.by) sorted(page.view.by);
    if (question() !== filled) grid.purgeInfiniteCache();
    else if (news || broken) {
      ends = new Map();
      grid.refreshInfiniteCache();
    }
  }

  async function follow(view, latest, language) {
    if (!view || !latest) return none();
    const stands = ({ total, counts, incidents }) => JSON.stringify([total, counts, incidents]);
    const news = page && stands(page) !== stands(latest);
    page = latest;
    const place = onemap.place.parsed(view.at);
    if (view.at !== told && place && place.kind === "incident") mark(place.id);
    told = view.at;
    if (view.strip !== "table") return none();
    try {
      if (speaks !== language) await build(language);
      else if (grid) renew(news);
    } catch (mistake) {
      speaks = null;
      window.dash_clientside.set_props("table-place", { children: onemap.look.text("table_failed") + ": " + mistake.message });
    }
    return none();
  }

  window.dashAgGridFunctions = Object.assign(window.dashAgGridFunctions || {}, {
    onemapRowId: ({ data }) => String(data.id),
    onemapTheme: (theme) =>
      theme.withParams({
        accentColor: "var(--accent)",
        backgroundColor: "transparent",
        borderColor: "var(--hairline)",
        browserColorScheme: "inherit",
        fontFamily: "var(--font)",
        fontSize: "var(--caption-size)",
        foregroundColor: "var(--text)",
        headerBackgroundColor: "var(--raised)",
        headerHeight: 30,
        headerTextColor: "var(--dim)",
        rowHeight: 28,
        rowHoverColor: "var(--raised)",
        selectedRowBackgroundColor: "var(--accent-quiet)",
        spacing: 5,
        tooltipBackgroundColor: "var(--panel-solid)",
        wrapperBorder: false,
      }),
  });
  onemap.table = { mark };
  window.dash_clientside = Object.assign(window.dash_clientside || {}, { table: { follow } });
})();
