// link: ingest
// Jobs with their times: as lines, and as answers in any nesting.
#include "ingest/job_details.h"
#include "reader_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const struct sv bytes = sv_make((const char *)data, size);
    check_reader_of("max_revision_jobs.jsonl", max_revision_jobs_datasets,
                    max_revision_jobs_jsonl_read, bytes);
    check_reader_of("jobs.json", job_details_datasets, jobs_json_read, bytes);
    return 0;
}
