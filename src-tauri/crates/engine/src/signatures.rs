//! Signatures of the person's own: proposed from a line, tried at once, kept as files in the folder `signatures` of the data
//! folder, where a diagnosis reads them (`jobs::diagnose`).
//!
//! Files that the person wrote by hand stay as they are: they are shown, and deleted on request, and never rewritten. A
//! file is replaced only while it holds what was edited.

mod folder;

use crate::{Desk, EngineError};
use ::logs::mask;
use ::triage::{
    Catalogue, Layer, Retry, Signature, SignatureFault,
    catalogue::{Draft, draft_from_line},
};
use contract::{
    jobs::diagnosis::RetryAdvice,
    signatures::{
        self as told, DeleteSignatures, DraftField, DraftProblem, DraftSignature, OwnSignature, OwnSignatures,
        SaveSignature, SignatureDraft, SignatureFile, SignatureTrial, TrySignature,
    },
};
use std::path::{Path, PathBuf};

impl Desk {
    /// From a line: what is fixed in it stands as it is, what differs from run to run in general terms, what is secret not
    /// at all.
    pub async fn draft_signature(&self, request: DraftSignature) -> Result<SignatureDraft, EngineError> {
        let line = self.line_of_log(request.log, request.at).await?;
        let mut draft = drafted(&draft_from_line(&mask::masked(&line)));
        let folder = self.signatures_folder();
        let taken = on_disk(move || Ok(ids(&folder))).await?;
        draft.id = free_id(&draft.id, &taken);
        Ok(draft)
    }

    /// What is wrong with a draft, and what it matches of an open log.
    pub async fn try_signature(&self, request: TrySignature) -> Result<SignatureTrial, EngineError> {
        let (signature, problems) = checked(&request.draft);
        let tried = match (signature, request.log) {
            (Some(signature), Some(log)) => Some(self.try_on_log(log, signature).await?),
            _ => None,
        };
        Ok(SignatureTrial { problems, tried })
    }

    pub async fn list_signatures(&self) -> Result<OwnSignatures, EngineError> {
        let folder = self.signatures_folder();
        on_disk(move || listed(&folder)).await
    }

    /// Diagnoses that were made before are made again.
    pub async fn save_signature(&self, request: SaveSignature) -> Result<OwnSignatures, EngineError> {
        let (_, problems) = checked(&request.draft);
        if let Some(problem) = problems.first() {
            return Err(EngineError::BadInput(problem.text.clone()));
        }
        let folder = self.signatures_folder();
        let all = on_disk(move || {
            let SaveSignature { draft, was } = request;
            let own_id = was.as_ref().map(|was| was.draft.id.as_str());
            if own_id != Some(draft.id.as_str()) && ids(&folder).contains(&draft.id) {
                return Err(EngineError::BadInput(format!("There is a signature {} already.", draft.id)));
            }
            let text = draft_of(&draft).to_toml();
            match was {
                None => folder::add(&folder, &stem(&draft.id), &text).map_err(EngineError::File)?,
                Some(was) => {
                    let path = file_in(&folder, &was.file)?;
                    let now = std::fs::read_to_string(&path).map_err(EngineError::File)?;
                    if now != draft_of(&was.draft).to_toml() {
                        let words = format!("{} was changed meanwhile: open the signature again.", was.file);
                        return Err(EngineError::NotNow(words));
                    }
                    folder::replace(&path, &text).map_err(EngineError::File)?;
                }
            }
            listed(&folder)
        })
        .await?;
        self.inner.diagnoses.forget();
        Ok(all)
    }

    pub async fn delete_signatures(&self, request: DeleteSignatures) -> Result<OwnSignatures, EngineError> {
        let folder = self.signatures_folder();
        let all = on_disk(move || {
            let path = file_in(&folder, &request.file)?;
            match std::fs::remove_file(&path) {
                // Somebody else was faster.
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(EngineError::File(error)),
                _ => {}
            }
            listed(&folder)
        })
        .await?;
        self.inner.diagnoses.forget();
        Ok(all)
    }

    fn signatures_folder(&self) -> PathBuf {
        self.inner.store.folder().join("signatures")
    }
}

async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, EngineError> + Send + 'static,
) -> Result<T, EngineError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| store::StoreError::Stopped)?
}

/// A file of the folder by its name, which leads nowhere else.
fn file_in(folder: &Path, name: &str) -> Result<PathBuf, EngineError> {
    let plain = Path::new(name).file_name().is_some_and(|last| last == name) && !name.contains(['/', '\\']);
    let ends = Path::new(name).extension().is_some_and(|end| end.eq_ignore_ascii_case("toml"));
    if plain && ends {
        Ok(folder.join(name))
    } else {
        Err(EngineError::BadInput(format!("{name} is no file of signatures.")))
    }
}

/// Files that are there with what is in them. No folder is no fault.
fn listed(folder: &Path) -> Result<OwnSignatures, EngineError> {
    let mut own = OwnSignatures { folder: folder.display().to_string(), files: Vec::new() };
    for (name, text) in folder::files(folder).map_err(EngineError::File)? {
        own.files.push(match text {
            Ok(text) => file(name, &text),
            Err(error) => SignatureFile {
                name,
                signatures: Vec::new(),
                faults: vec![format!("It cannot be read: {error}.")],
                draft: None,
            },
        });
    }
    Ok(own)
}

fn file(name: String, text: &str) -> SignatureFile {
    let (catalogue, faults) = Catalogue::from_files(&[(name.as_str(), text)]);
    let draft = match catalogue.signatures() {
        [one] if faults.is_empty() => Draft::of(one).filter(|draft| draft.to_toml() == text),
        _ => None,
    };
    let signatures = catalogue.signatures().iter();
    SignatureFile {
        signatures: signatures.map(|one| OwnSignature { id: one.id.clone(), title: one.title.clone() }).collect(),
        faults: faults.iter().map(ToString::to_string).collect(),
        draft: draft.as_ref().map(drafted),
        name,
    }
}

/// Ids that are taken: ours, and those of the person.
fn ids(folder: &Path) -> Vec<String> {
    let own = listed(folder).unwrap_or_default();
    let own = own.files.into_iter().flat_map(|file| file.signatures).map(|signature| signature.id);
    let ours = Catalogue::builtin().signatures().iter().map(|signature| signature.id.clone());
    own.chain(ours).collect()
}

fn free_id(wanted: &str, taken: &[String]) -> String {
    let free = |id: &String| !taken.contains(id);
    let first = Some(wanted.to_owned()).filter(free);
    first.or_else(|| (2..10_000).map(|number| format!("{wanted}-{number}")).find(free)).unwrap_or_default()
}

/// The name of a file without its ending.
fn stem(id: &str) -> String {
    let name: String = id.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
    if name.starts_with("own-") { name } else { format!("own-{name}") }
}

/// The signature, where it can be used, and what is wrong with the draft.
fn checked(draft: &SignatureDraft) -> (Option<Signature>, Vec<DraftProblem>) {
    let mut problems = Vec::new();
    let mut wrong = |field, text: &str| problems.push(DraftProblem { field, text: text.to_owned() });
    if draft.title.trim().is_empty() {
        wrong(DraftField::Title, "Say in a few words what failed.");
    }
    if draft.example.trim().is_empty() {
        wrong(DraftField::Example, "Give a line that it must match.");
    }
    let signature = match draft_of(draft).signature() {
        Ok(signature) => signature,
        Err(fault) => {
            let (field, text) = told_of(&fault);
            wrong(field, &text);
            return (None, problems);
        }
    };
    if !draft.example.trim().is_empty() && !signature.try_on(draft.example.as_bytes()).matches {
        wrong(DraftField::Example, "The pattern does not match this line.");
    }
    if draft.miss.as_deref().is_some_and(|miss| signature.try_on(miss.as_bytes()).matches) {
        wrong(DraftField::Miss, "The pattern matches this line too.");
    }
    (Some(signature), problems)
}

fn told_of(fault: &SignatureFault) -> (DraftField, String) {
    match fault.key.as_deref() {
        Some("id") => (DraftField::Id, format!("The id is made of {}.", fault.message)),
        _ => (DraftField::Pattern, format!("The pattern cannot be used: {}.", fault.message)),
    }
}

fn drafted(draft: &Draft) -> SignatureDraft {
    SignatureDraft {
        id: draft.id.clone(),
        title: draft.title.clone(),
        pattern: draft.pattern.clone(),
        layer: match draft.layer {
            Layer::Platform => told::Layer::Platform,
            // Nobody calls what they want to find a consequence.
            Layer::Code | Layer::Consequence => told::Layer::Code,
            Layer::Data => told::Layer::Data,
            Layer::Permission => told::Layer::Permission,
            Layer::Resource => told::Layer::Resource,
            Layer::Capacity => told::Layer::Capacity,
        },
        retry: match draft.retry {
            Retry::Same => RetryAdvice::Same,
            Retry::Bigger => RetryAdvice::Bigger,
            Retry::AfterFix => RetryAdvice::AfterFix,
            Retry::Never => RetryAdvice::Never,
        },
        remedy: draft.remedy.clone(),
        example: draft.example.clone(),
        miss: draft.miss.clone(),
    }
}

fn draft_of(draft: &SignatureDraft) -> Draft {
    Draft {
        id: draft.id.clone(),
        title: draft.title.trim().to_owned(),
        pattern: draft.pattern.clone(),
        layer: match draft.layer {
            told::Layer::Platform => Layer::Platform,
            told::Layer::Code => Layer::Code,
            told::Layer::Data => Layer::Data,
            told::Layer::Permission => Layer::Permission,
            told::Layer::Resource => Layer::Resource,
            told::Layer::Capacity => Layer::Capacity,
        },
        retry: match draft.retry {
            RetryAdvice::Same => Retry::Same,
            RetryAdvice::Bigger => Retry::Bigger,
            RetryAdvice::AfterFix => Retry::AfterFix,
            RetryAdvice::Never => Retry::Never,
        },
        remedy: draft.remedy.trim().to_owned(),
        example: draft.example.clone(),
        miss: draft.miss.clone().filter(|miss| !miss.trim().is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> SignatureDraft {
        drafted(&draft_from_line("ERROR Till: TillClosedException: store 7"))
    }

    #[test]
    fn what_is_wrong_is_said_at_its_field() {
        let fields = |draft: &SignatureDraft| checked(draft).1.iter().map(|one| one.field).collect::<Vec<_>>();
        assert!(fields(&draft()).is_empty());
        assert_eq!(fields(&SignatureDraft { title: " ".into(), ..draft() }), [DraftField::Title]);
        assert_eq!(fields(&SignatureDraft { pattern: "(".into(), ..draft() }), [DraftField::Pattern]);
        assert_eq!(fields(&SignatureDraft { pattern: ".*".into(), ..draft() }), [DraftField::Pattern]);
        assert_eq!(
            fields(&SignatureDraft { pattern: r"(?:a{1000}){1000}xyz".into(), ..draft() }),
            [DraftField::Pattern]
        );
        assert_eq!(fields(&SignatureDraft { id: "a b".into(), ..draft() }), [DraftField::Id]);
        assert_eq!(fields(&SignatureDraft { pattern: "unlike".into(), ..draft() }), [DraftField::Example]);
        let miss = Some("Till: TillClosedException: store 8".into());
        assert_eq!(fields(&SignatureDraft { miss, ..draft() }), [DraftField::Miss]);
    }

    #[test]
    fn ids_and_names_are_ones_own() {
        let taken = ["own.till".to_owned(), "own.till-2".to_owned()];
        assert_eq!(free_id("own.till", &taken), "own.till-3");
        assert_eq!(free_id("own.new", &taken), "own.new");
        assert_eq!([stem("own.till"), stem("disk.full")], ["own-till", "own-disk-full"]);
        for name in ["../a.toml", "a/b.toml", "a.txt", "", "..", "b\\a.toml", "/etc/a.toml"] {
            assert!(file_in(Path::new("/data"), name).is_err(), "{name}");
        }
        assert_eq!(file_in(Path::new("/data"), "own-a.toml").unwrap(), Path::new("/data/own-a.toml"));
    }

    #[test]
    fn a_file_by_hand_is_shown_and_not_edited() {
        let text = draft_of(&draft()).to_toml();
        assert_eq!(file("a.toml".into(), &text).draft, Some(draft()));
        let by_hand = file("a.toml".into(), &format!("# mine\n{text}"));
        assert_eq!((by_hand.signatures.len(), by_hand.draft), (1, None));
        let broken = file("b.toml".into(), "[[signature]]\nid = 7\n");
        assert_eq!((broken.signatures.len(), broken.faults.len()), (0, 1));
    }
}
