// DuckDB with two threads, for tests/bench/run.
//
//   node duckdb.mjs version
//   node duckdb.mjs load csv|ndjson|jobs FILE DATABASE
//                                                   milliseconds and rows of one load; DATABASE is
//                                                   a path (created anew) or :memory:; jobs: one
//                                                   row for each job in the lists of the lines
//   node duckdb.mjs ask FLAT.csv RUNS SQL...        median milliseconds of each question to the
//                                                   table `flat`, loaded into memory before
//
// Only the statements are timed, not the start of node; a load into a file ends with a checkpoint,
// which is when the data is on the disk.
import { DuckDBInstance, version } from '@duckdb/node-api'
import { rmSync } from 'node:fs'

const THREADS = '2'

const now = () => Number(process.hrtime.bigint()) / 1e6
const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)]

async function open(path) {
  if (path !== ':memory:') {
    rmSync(path, { force: true })
    rmSync(`${path}.wal`, { force: true })
  }
  const instance = await DuckDBInstance.create(path, { threads: THREADS })
  return instance.connect()
}

async function load(kind, file, path) {
  const connection = await open(path)
  const read = kind === 'csv' ? 'read_csv' : 'read_ndjson'
  const columns = kind === 'jobs' ? 'signature_id, unnest(jobs, recursive := true)' : '*'
  const begin = now()
  await connection.run(`create table t as select ${columns} from ${read}('${file}')`)
  if (path !== ':memory:') {
    await connection.run('checkpoint')
  }
  const took = now() - begin
  const rows = (await connection.runAndReadAll('select count(*) from t')).getRows()[0][0]
  console.log(`${took.toFixed(1)} ${rows}`)
  connection.closeSync()
}

async function ask(file, runs, questions) {
  const connection = await open(':memory:')
  await connection.run(`create table flat as select * from read_csv('${file}')`)
  for (const question of questions) {
    const times = []
    for (let i = 0; i < runs; i++) {
      const begin = now()
      await connection.run(question)
      times.push(now() - begin)
    }
    console.log(median(times).toFixed(2))
  }
  connection.closeSync()
}

const [command, ...args] = process.argv.slice(2)
if (command === 'load') {
  await load(...args)
} else if (command === 'ask') {
  await ask(args[0], Number(args[1]), args.slice(2))
} else {
  console.log(version())
}
