use super::*;
use proptest::prelude::*;
use std::io::{self, Write as _};

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    ::zstd::encode_all(bytes, 1).unwrap()
}

fn bz2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ::bzip2::write::BzEncoder::new(Vec::new(), ::bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn all(source: impl io::Read, limits: Limits) -> (Vec<u8>, Result<Inflated, LogFault>) {
    let mut found = Vec::new();
    let result = inflate(source, limits, &Cancel::default(), &mut |bytes, at| {
        found.extend_from_slice(bytes);
        assert_eq!(found.len() as u64, at.inflated);
        Ok(())
    });
    (found, result)
}

fn read(bytes: &[u8]) -> (Vec<u8>, Inflated) {
    let (found, result) = all(bytes, Limits::default());
    (found, result.unwrap())
}

fn log(lines: usize) -> Vec<u8> {
    (0..lines)
        .flat_map(|n| format!("24/05/01 12:00:00 INFO Foo: task {n} of {}\n", n * 7919 % 1009).into_bytes())
        .collect()
}

type Pack = fn(&[u8]) -> Vec<u8>;

const PACKERS: [(Format, Pack); 3] = [(Format::Gzip, gz), (Format::Zstd, zst), (Format::Bzip2, bz2)];

#[test]
fn every_format_whole_and_in_several_members() {
    let text = log(30_000);
    for (format, pack) in PACKERS {
        let packed = pack(&text);
        let (found, told) = read(&packed);
        assert_eq!((found.len(), told.format, told.members, told.end), (text.len(), format, 1, End::Whole));
        assert!(found == text && told.total.compressed == packed.len() as u64);
        let (found, told) = read(&[packed.clone(), pack(b""), pack(b"end\n"), packed].concat());
        assert_eq!((told.members, told.end), (4, End::Whole), "{format:?}");
        assert!(found == [&text[..], b"end\n", &text[..]].concat());
    }
    let (found, told) = read(&text);
    assert!(found == text && told.format == Format::Plain && told.end == End::Whole);
    assert_eq!(read(b"").1.end, End::Whole);
}

#[test]
fn what_could_be_read_of_a_truncated_file_is_there() {
    let text = log(30_000);
    for (format, pack) in PACKERS {
        let packed = pack(&text);
        for length in [packed.len() - 1, packed.len() - 9, packed.len() / 2, packed.len() / 3] {
            let (found, told) = read(&packed[..length]);
            let End::Damaged { damage: Damage::Truncated, at } = told.end else { panic!("{format:?} {told:?}") };
            assert!(text.starts_with(&found) && at.inflated == found.len() as u64 && at.compressed == length as u64);
            let held_back = if format == Format::Bzip2 { 300_000 } else { 270_000 };
            assert!(
                found.len() + held_back > text.len() * length / packed.len(),
                "{format:?}: {} of {}",
                found.len(),
                text.len()
            );
        }
    }
}

#[test]
fn corruption_is_found_and_what_is_before_it_stays() {
    let text = log(60_000);
    for (format, pack) in PACKERS {
        let mut packed = pack(&text);
        let middle = packed.len() / 2;
        packed[middle..middle + 64].fill(0xa5);
        let (found, told) = read(&packed);
        assert!(matches!(told.end, End::Damaged { damage: Damage::Corrupt, .. }), "{format:?} {told:?}");
        assert!(!found.is_empty(), "{format:?}");
        let same = found.iter().zip(&text).take_while(|(a, b)| a == b).count();
        assert!(same * 5 > text.len(), "{format:?}: {same}");
    }
}

#[test]
fn a_wrong_checksum_is_corruption() {
    let mut packed = gz(b"a line\n");
    let length = packed.len();
    packed[length - 6] ^= 1;
    let (found, told) = read(&packed);
    assert!(found == b"a line\n" && matches!(told.end, End::Damaged { damage: Damage::Corrupt, .. }));
}

#[test]
fn what_follows_the_end() {
    for (_, pack) in PACKERS {
        let (found, told) = read(&[pack(b"a line\n"), b"<html>not yours</html>".to_vec()].concat());
        assert!(found == b"a line\n" && matches!(told.end, End::Damaged { damage: Damage::TrailingGarbage, .. }));
    }
    assert_eq!(read(&[gz(b"x"), vec![0; 1_000]].concat()).1.end, End::Whole);
    let (_, told) = read(&[gz(b"x"), vec![0; 1_000], vec![1]].concat());
    assert!(matches!(told.end, End::Damaged { damage: Damage::TrailingGarbage, .. }));
}

#[test]
fn zstd_skips_what_is_to_be_skipped() {
    let skippable = [&[0x52, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
    let (found, told) = read(&[skippable.clone(), zst(b"x"), skippable].concat());
    assert!(found == b"x" && told.end == End::Whole, "{told:?}");
}

#[test]
fn bombs_are_typed_faults_and_what_came_before_them_stays() {
    let packed = gz(&vec![b'a'; 4 << 20]);
    let limits = Limits { bytes: 1 << 20, ..Limits::default() };
    let (found, result) = all(&packed[..], limits);
    assert!(matches!(result, Err(LogFault::TooLarge { limit: 1_048_576 })) && found.len() == 1 << 20);
    let limits = Limits { ratio: 100, ratio_after: 1 << 20, ..Limits::default() };
    let (found, result) = all(&packed[..], limits);
    assert!(matches!(result, Err(LogFault::Ratio { limit: 100 })) && found.len() < 2 << 20);
    let exactly = Limits { bytes: 4 << 20, ..Limits::default() };
    assert!(all(&packed[..], exactly).1.is_ok());
}

#[test]
fn a_broken_source_is_no_broken_file() {
    struct Broken<'a>(&'a [u8]);
    impl io::Read for Broken<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            match self.0.read(into)? {
                0 => Err(io::ErrorKind::ConnectionReset.into()),
                length => Ok(length),
            }
        }
    }
    let text = log(30_000);
    for pack in [gz, zst, bz2, <[u8]>::to_vec] {
        let packed = pack(&text);
        let (found, result) = all(Broken(&packed[..packed.len() * 3 / 4]), Limits::default());
        let Err(LogFault::Source { source, read }) = result else { panic!("{result:?}") };
        assert_eq!((source.kind(), read > 0), (io::ErrorKind::ConnectionReset, true));
        assert!(!found.is_empty() && text.starts_with(&found));
    }
}

#[test]
fn cancelled() {
    let cancel = Cancel::default();
    let result = inflate(&log(100_000)[..], Limits::default(), &cancel, &mut |_, _| {
        cancel.cancel();
        Ok(())
    });
    assert!(matches!(result, Err(LogFault::Cancelled)));
}

/// Gives a few bytes at a time.
struct Dripping<'a>(&'a [u8], usize);
impl io::Read for Dripping<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = into.len().min(self.1);
        self.0.read(&mut into[..length])
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn whatever_comes(magic in 0_usize..4, bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let magic: &[u8] = [&b""[..], &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], &[0x28, 0xb5, 0x2f, 0xfd], b"BZh91AY&SY"][magic];
        let (found, _) = read(&[magic, &bytes].concat());
        prop_assert!(found.len() < 64 << 20);
    }

    #[test]
    fn any_cut_of_any_members_keeps_a_prefix(
        parts in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..3_000), 1..4),
        cut in any::<prop::sample::Index>(), pack in 0_usize..3, drip in 1_usize..2_000,
    ) {
        let (_, pack) = PACKERS[pack];
        let text = parts.concat();
        let packed: Vec<u8> = parts.iter().flat_map(|part| pack(part)).collect();
        let cut = cut.index(packed.len() + 1);
        let (found, result) = all(Dripping(&packed[..cut], drip), Limits::default());
        // A few bytes may not be enough to tell what it is.
        let told = result.unwrap();
        prop_assert!(text.starts_with(&found) || (cut < Format::MAGIC && told.format == Format::Plain));
        let end = told.end;
        prop_assert!(cut < packed.len() || (end == End::Whole && found == text));
    }

    #[test]
    fn any_flipped_byte(at in any::<prop::sample::Index>(), value in any::<u8>(), pack in 0_usize..3) {
        let text = log(500);
        let mut packed = PACKERS[pack].1(&text);
        let at = at.index(packed.len());
        packed[at] = value;
        let _ = read(&packed);
    }
}
