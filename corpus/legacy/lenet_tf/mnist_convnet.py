"""Small convnet on MNIST with the TensorFlow backend.

Gets to 99.1% after a dozen epochs.
"""
from __future__ import print_function
from keras.datasets import mnist
from keras.models import Sequential
from keras.layers import Dense, Dropout, Activation, Flatten
from keras.layers import Convolution2D, MaxPooling2D
from keras.utils.np_utils import to_categorical

IMG_SIZE = 28
NUM_CLASSES = 10


def load():
    (X_train, y_train), (X_test, y_test) = mnist.load_data()
    X_train = X_train.reshape(-1, IMG_SIZE, IMG_SIZE, 1) / 255.
    X_test = X_test.reshape(-1, IMG_SIZE, IMG_SIZE, 1) / 255.
    return X_train, to_categorical(y_train, NUM_CLASSES), X_test, to_categorical(y_test, NUM_CLASSES)


model = Sequential([
    Convolution2D(32, 3, 3, activation='relu', input_shape=(IMG_SIZE, IMG_SIZE, 1)),
    Convolution2D(32, 3, 3, activation='relu', subsample=(2, 2)),
    MaxPooling2D(),
    Dropout(p=.25),
    Flatten(),
    Dense(output_dim=128, activation='relu'),
    Dropout(p=.5),
    Dense(output_dim=NUM_CLASSES),
    Activation('softmax'),
])
model.compile(optimizer='adadelta', loss='categorical_crossentropy', metrics=['accuracy'])
model.summary()

X_train, Y_train, X_test, Y_test = load()
# ten epochs are enough here
hist = model.fit(X_train, Y_train, batch_size=128, verbose=2, validation_split=0.1)
print(max(hist.history['val_acc']))

print(model.evaluate(X_test, Y_test, batch_size=128, verbose=0))
wrong = model.predict_classes(X_test, verbose=0) != Y_test.argmax(axis=1)
print('%d of %d digits wrong' % (wrong.sum(), len(wrong)))
